import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { attach, ClosedError, type Loss, loadCollection, openRingBuf, StateError } from "ebpf-ts";
import { numberOf, produced, streamsSpec, trigger } from "./streams.js";

const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

test("an async iteration gives every record in order, and its statistics agree", async () => {
  using collection = await loadCollection(await streamsSpec({ records: 10, bytes: 24 }));
  using _links = await attach(collection);
  using reader = openRingBuf(collection.maps.require("events"));
  trigger(10);
  const numbers: number[] = [];
  for await (const record of reader) {
    assert.equal(record.bytes.length, 24);
    assert.equal(record.cpu, undefined);
    numbers.push(numberOf(record.bytes));
    if (numbers.length === 100) break;
  }
  assert.deepEqual(numbers, range(100));
  assert.equal(reader.stats.received, 100);
  assert.equal(reader.stats.receivedBytes, 2400);
  assert.equal(reader.stats.lost, 0);
  assert.equal(reader.stats.isLostLowerBound, false);
});

test("a record written while the iteration waits wakes it", async () => {
  using collection = await loadCollection(await streamsSpec());
  using _links = await attach(collection);
  using reader = openRingBuf(collection.maps.require("events"));
  const numbers: number[] = [];
  setTimeout(trigger, 20, 1);
  setTimeout(trigger, 60, 1);
  for await (const record of reader) if (numbers.push(numberOf(record.bytes)) === 2) break;
  assert.deepEqual(numbers, [0, 1]);
});

test("an abort ends an iteration and a drain without an error, and what was written before is given to the drain", async () => {
  using collection = await loadCollection(await streamsSpec());
  using _links = await attach(collection);
  const events = collection.maps.require("events");
  {
    const abort = new AbortController();
    using reader = openRingBuf(events, { signal: abort.signal });
    setTimeout(() => abort.abort(), 20);
    for await (const _ of reader) assert.fail("nothing was written");
  }
  const abort = new AbortController();
  using reader = openRingBuf(events, { signal: abort.signal });
  let given = 0;
  const drained = reader.drain((batch) => batch.forEach(() => void given++));
  await new Promise((resolve) => setTimeout(resolve, 20));
  trigger(7);
  abort.abort();
  await drained;
  assert.equal(given, 7);
});

test("an abort from within the callback of a drain ends it", async () => {
  using collection = await loadCollection(await streamsSpec());
  using _links = await attach(collection);
  const abort = new AbortController();
  using reader = openRingBuf(collection.maps.require("events"), { signal: abort.signal });
  trigger(3);
  await reader.drain(() => abort.abort());
  assert.equal(reader.stats.received, 3);
});

test("what a drain's callback throws rejects its promise", async () => {
  using collection = await loadCollection(await streamsSpec());
  using _links = await attach(collection);
  using reader = openRingBuf(collection.maps.require("events"));
  trigger(1);
  const fault = new Error("from the callback");
  await assert.rejects(
    reader.drain(() => {
      throw fault;
    }),
    fault,
  );
});

test("produced is received plus lost, and loss names its CPU", async () => {
  using collection = await loadCollection(await streamsSpec({ records: 1000, bytes: 400 }));
  using _links = await attach(collection);
  const losses: Loss[] = [];
  const abort = new AbortController();
  using reader = openRingBuf(collection.maps.require("events"), {
    signal: abort.signal,
    onLost: (loss) => losses.push(loss),
  });
  trigger(4); // 1.6 MB into a ring of 64 KiB
  let received = 0;
  const drained = reader.drain((batch) => batch.forEach(() => void received++));
  abort.abort();
  await drained;
  const lost = losses.reduce((sum, loss) => sum + loss.count, 0);
  assert.ok(received > 0);
  assert.ok(lost > 0);
  assert.equal(received + lost, 4000);
  assert.equal(produced(collection), 4000);
  assert.equal(reader.stats.lost, lost);
  for (const loss of losses) assert.equal(typeof loss.cpu, "number");
});

test("with inband loss the iteration tells of it in its place", async () => {
  using collection = await loadCollection(await streamsSpec({ records: 1000, bytes: 400 }));
  using _links = await attach(collection);
  using reader = openRingBuf(collection.maps.require("events"), { loss: "inband" });
  trigger(4);
  let received = 0;
  let lost = 0;
  for await (const item of reader) {
    if (item.kind === "record") received++;
    else lost += item.count;
    if (received + lost === 4000) break;
  }
  assert.ok(lost > 0);
});

test("without counters loss is unknown, never 0", async () => {
  using collection = await loadCollection(await streamsSpec());
  using reader = openRingBuf(collection.maps.require("uncounted"));
  assert.equal(reader.stats.lost, undefined);
});

test("a record larger than the batch is still given whole", async () => {
  using collection = await loadCollection(await streamsSpec({ bytes: 500 }));
  using _links = await attach(collection);
  using reader = openRingBuf(collection.maps.require("events"), { batchBytes: 64 });
  trigger(2);
  const lengths: number[] = [];
  for await (const record of reader) if (lengths.push(record.bytes.length) === 2) break;
  assert.deepEqual(lengths, [500, 500]);
});

test("a second reader of a map is refused in the process and in a worker until the first is closed", async () => {
  using collection = await loadCollection(await streamsSpec());
  const events = collection.maps.require("events");
  const first = openRingBuf(events);
  assert.throws(() => openRingBuf(events), StateError);
  const inWorker = async (): Promise<string> => {
    const source = `
      import { parentPort } from "node:worker_threads";
      import { claim } from ${JSON.stringify(import.meta.resolve("ebpf-ts").replace("index.js", "sys/claim.js"))};
      const taken = claim("map:${events.id}");
      taken?.close();
      parentPort.postMessage(taken === undefined ? "refused" : "free");`;
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
    const [message] = await once(worker, "message");
    return String(message);
  };
  assert.equal(await inWorker(), "refused");
  first.close();
  assert.equal(await inWorker(), "free");
  openRingBuf(events).close();
});

test("a closed reader refuses to be read, and closing ends a drain under way", async () => {
  using collection = await loadCollection(await streamsSpec());
  const reader = openRingBuf(collection.maps.require("events"));
  const drained = reader.drain(() => assert.fail("nothing was written"));
  await assert.rejects(
    reader.drain(() => {}),
    StateError,
  );
  reader.close();
  reader.close();
  await drained;
  await assert.rejects(
    reader.drain(() => {}),
    ClosedError,
  );
});

test("a web stream gives the records and cancelling it closes the reader", async () => {
  using collection = await loadCollection(await streamsSpec());
  using _links = await attach(collection);
  const reader = openRingBuf(collection.maps.require("events"));
  trigger(2);
  const stream = reader.readable().getReader();
  assert.equal(numberOf((await stream.read()).value?.bytes ?? new Uint8Array(8)), 0);
  assert.equal(numberOf((await stream.read()).value?.bytes ?? new Uint8Array(8)), 1);
  await stream.cancel();
  await assert.rejects(
    reader.drain(() => {}),
    ClosedError,
  );
});

test("a delay turns many wakeups into few and loses nothing", async () => {
  using collection = await loadCollection(await streamsSpec());
  using _links = await attach(collection);
  const abort = new AbortController();
  using reader = openRingBuf(collection.maps.require("events"), { signal: abort.signal, maxDelayMs: 20 });
  let received = 0;
  const drained = reader.drain((batch) => batch.forEach(() => void received++));
  for (let burst = 0; burst < 100; burst++) {
    trigger(1);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  abort.abort();
  await drained;
  assert.equal(received, 100);
  assert.ok(reader.stats.wakeups < 50, `${reader.stats.wakeups} wakeups`);
});
