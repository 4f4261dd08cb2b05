import assert from "node:assert/strict";
import { test } from "node:test";
import { attach, type Loss, loadCollection, openPerf } from "ebpf-ts";
import { numberOf, only, produced, streamsSpec, trigger } from "./streams.js";

test("a perf reader gives every record with its CPU", async () => {
  using collection = await loadCollection(only(await streamsSpec({ records: 20, bytes: 20 }), "emit_perf"));
  using _links = await attach(collection);
  using reader = openPerf(collection.maps.require("samples"));
  trigger(5);
  const numbers: number[] = [];
  for await (const record of reader) {
    const view = new DataView(record.bytes.buffer);
    // 20 bytes and the 4 of their length are padded to a multiple of 8
    assert.equal(record.bytes.length, 20);
    assert.equal(view.getUint32(8, true), record.cpu);
    numbers.push(numberOf(record.bytes));
    if (numbers.length === 100) break;
  }
  assert.deepEqual(
    numbers.sort((a, b) => a - b),
    Array.from({ length: 100 }, (_, index) => index),
  );
});

test("produced is received plus lost, also for loss at the end of the stream", async (t) => {
  using collection = await loadCollection(only(await streamsSpec({ records: 1000, bytes: 200 }), "emit_perf"));
  using _links = await attach(collection);
  const losses: Loss[] = [];
  const abort = new AbortController();
  const reader = openPerf(collection.maps.require("samples"), {
    pagesPerCpu: 1,
    signal: abort.signal,
    onLost: (loss) => losses.push(loss),
  });
  trigger(2); // 400 KB into 4 KiB
  let received = 0;
  const drained = reader.drain((batch) => batch.forEach(() => void received++));
  abort.abort();
  await drained;
  reader.close();
  const lost = losses.reduce((sum, loss) => sum + loss.count, 0);
  assert.ok(received > 0);
  assert.equal(produced(collection), 2000);
  if (reader.stats.isLostLowerBound) {
    // before 6.0 the kernel tells of loss only before a later record
    t.diagnostic("this kernel has no PERF_FORMAT_LOST");
    assert.ok(received + lost <= 2000);
  } else {
    assert.equal(received + lost, 2000);
  }
});

test("pages that are no power of two, and a map of another type, are refused by name", async () => {
  using collection = await loadCollection(only(await streamsSpec(), "emit_perf"));
  assert.throws(() => openPerf(collection.maps.require("samples"), { pagesPerCpu: 3 }), /pagesPerCpu is 3/);
  assert.throws(() => openPerf(collection.maps.require("events")), /map "events" has type 27/);
});

test("a closed perf reader leaves the map's entries empty, so that the producer stops writing", async () => {
  using collection = await loadCollection(only(await streamsSpec(), "emit_perf"));
  const samples = collection.maps.require("samples");
  openPerf(samples).close();
  using again = openPerf(samples);
  assert.equal(again.stats.received, 0);
});
