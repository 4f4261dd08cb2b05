import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import type { Worker } from "node:worker_threads";
import { AS_ROOT, startWorker } from "./native-fixture.test-support.ts";

/** Waits for a worker's first message, or its error. */
async function message(worker: Worker): Promise<unknown> {
  const [value] = await Promise.race([
    once(worker, "message"),
    once(worker, "exit").then(([code]) => {
      throw new Error(`worker ended with ${code} before its message`);
    }),
  ]);
  return value;
}

const OPEN_POLLS = `
  const polls = [0, 1, 2].map(() => addon.pollStart(pipe().reader, 1, () => {}));
  if (polls.some((poll) => typeof poll === "number")) throw new Error("pollStart");
`;

test("a worker that ends with open watches ends cleanly", async () => {
  const worker = startWorker(`${OPEN_POLLS} for (const poll of polls) addon.pollRef(poll, false);`);
  assert.deepEqual(await once(worker, "exit"), [0]);
});

test("a worker that calls process.exit with open watches ends cleanly", async () => {
  const worker = startWorker(`${OPEN_POLLS} setImmediate(() => process.exit(3));`);
  assert.deepEqual(await once(worker, "exit"), [3]);
});

test("a worker is terminated with open watches", async () => {
  const worker = startWorker(`${OPEN_POLLS} parentPort.postMessage("ready");`);
  assert.equal(await message(worker), "ready");
  assert.equal(await worker.terminate(), 1);
});

test("a worker is terminated while its watches are closing", async () => {
  const worker = startWorker(`${OPEN_POLLS}
    parentPort.postMessage("ready");
    for (const poll of polls) addon.pollStop(poll);
    for (;;);`);
  assert.equal(await message(worker), "ready");
  assert.equal(await worker.terminate(), 1);
});

test("a worker is terminated while callbacks keep coming", async () => {
  const worker = startWorker(`
    const { reader, writer } = pipe();
    fs.writeSync(writer, "never read");
    let calls = 0;
    addon.pollStart(reader, 1, () => { if (++calls === 100) parentPort.postMessage("busy"); });`);
  assert.equal(await message(worker), "busy");
  assert.equal(await worker.terminate(), 1);
});

test("a worker is terminated within a callback that never returns", async () => {
  const worker = startWorker(`
    const { reader, writer } = pipe();
    fs.writeSync(writer, "x");
    addon.pollStart(reader, 1, () => { parentPort.postMessage("stuck"); for (;;); });`);
  let error: unknown;
  worker.on("error", (thrown) => {
    error = thrown;
  });
  assert.equal(await message(worker), "stuck");
  assert.equal(await worker.terminate(), 1);
  assert.equal(error, undefined);
});

test("an exception of a worker's callback is the worker's error", async () => {
  const worker = startWorker(`
    const { reader, writer } = pipe();
    fs.writeSync(writer, "x");
    addon.pollStart(reader, 1, () => { throw new Error("thrown within"); });`);
  const [error] = (await once(worker, "error")) as [Error];
  assert.equal(error.message, "thrown within");
});

test("a worker is terminated while bpf calls run on the thread pool", AS_ROOT, async () => {
  const worker = startWorker(`
    // Two instructions: r0 = 0, exit. Run many times, with views that nothing but the call holds.
    const insns = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);
    const load = new Uint8Array(120);
    new Uint32Array(load.buffer).set([3, 2]);
    const fd = addon.bpf(5, load, [8, insns, 16, Buffer.from("GPL\\0")]);
    if (fd < 0) throw new Error("load: " + fd);
    for (let i = 0; i < 8; i++) {
      const run = new Uint8Array(80);
      new Uint32Array(run.buffer).set([fd, 0, 1024, 1024, 0, 0, 0, 0, 1000000]);
      addon.bpfAsync(10, run, [16, new Uint8Array(1024), 24, new Uint8Array(1024)]);
    }
    parentPort.postMessage("running");`);
  assert.equal(await message(worker), "running");
  assert.equal(await worker.terminate(), 1);
});

test("open mappings and rings of a worker end with it", async () => {
  const worker = startWorker(`
    const fd = addon.syscall(NR.memfd_create, Buffer.from("worker\\0"), 1);
    fs.ftruncateSync(fd, 4 * 65536);
    globalThis.kept = [addon.mmapOpen(fd, 65536, 1, 1, 0), addon.ringOpen(fd, 65536), addon.perfOpen(fd, 1)];
    if (kept.some((handle) => typeof handle === "number")) throw new Error("open");
    parentPort.postMessage(fs.readFileSync("/proc/self/maps", "latin1").split("memfd:worker").length - 1);`);
  assert.equal(await message(worker), 4);
  await worker.terminate();
  assert.doesNotMatch(readFileSync("/proc/self/maps", "latin1"), /memfd:worker/);
});

test("four workers use the addon at once, and others after them", async () => {
  const script = `
    const fd = addon.syscall(NR.memfd_create, Buffer.from("worker\\0"), 1);
    fs.ftruncateSync(fd, 4 * 65536);
    const mapping = addon.mmapOpen(fd, 65536, 3, 1, 0);
    const id = require("node:worker_threads").threadId;
    for (let i = 0; i < 2000; i++) {
      const word = BigInt(id) * 1000000n + BigInt(i);
      addon.memAtomic(mapping, 8 * (i % 512), 8, 1, word);
      if (addon.memAtomic(mapping, 8 * (i % 512), 8, 0, 0n) !== word) throw new Error("word " + i);
    }
    const { reader, writer } = pipe();
    let calls = 0;
    const poll = addon.pollStart(reader, 1, () => {
      fs.readSync(reader, Buffer.alloc(1));
      if (++calls < 200) return fs.writeSync(writer, "x");
      addon.pollStop(poll);
      parentPort.postMessage(id);
    });
    fs.writeSync(writer, "x");`;
  for (let round = 0; round < 2; round++) {
    const workers = Array.from({ length: 4 }, () => startWorker(script));
    const exits = workers.map((worker) => once(worker, "exit"));
    const ids = workers.map((worker) => worker.threadId);
    assert.deepEqual(await Promise.all(workers.map(message)), ids);
    assert.deepEqual(await Promise.all(exits), [[0], [0], [0], [0]]);
  }
});
