import assert from "node:assert/strict";
import { test } from "node:test";
import { AS_ROOT, runScript } from "./native-fixture.test-support.ts";

/** Runs a script with `gc()`; it prints its findings as JSON. */
async function findings(script: string): Promise<unknown> {
  const { code, signal, stdout, stderr } = await runScript(`(async () => {${script}})()`, "--expose-gc");
  assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
  return JSON.parse(stdout);
}

test("views that only the call holds live until the system call is made", async () => {
  // Each view is made by a getter while the call reads its arguments, and the next getter collects garbage.
  const found = await findings(`
    const { reader, writer } = pipe();
    let right = 0;
    for (let round = 0; round < 20; round++) {
      const parts = [1, 2, 3, 4].map((part) => 4 * round + part);
      const size = 4096;
      const iov = new Uint8Array(64);
      new BigUint64Array(iov.buffer).set([0n, BigInt(size), 0n, BigInt(size), 0n, BigInt(size), 0n, BigInt(size)]);
      const fixups = [iov];
      parts.forEach((part, i) => {
        fixups.push(16 * i, null);
        Object.defineProperty(fixups, 2 + 2 * i, { get() {
          gc();
          for (let n = 0; n < 8; n++) new Uint8Array(size).fill(0xff);
          return new Uint8Array(size).fill(part);
        } });
      });
      if (addon.syscall(NR.writev, writer, fixups, 4) !== 4 * size) throw new Error("writev");
      const read = Buffer.alloc(4 * size);
      fs.readSync(reader, read);
      if (parts.every((part, i) => read.subarray(i * size, (i + 1) * size).every((byte) => byte === part))) right++;
    }
    console.log(JSON.stringify(right));`);
  assert.equal(found, 20);
});

test("bpfAsync holds its views until it settles", AS_ROOT, async () => {
  const found = await findings(`
    const struct = (size, ...words) => { const bytes = new Uint8Array(size); new Uint32Array(bytes.buffer).set(words); return bytes; };
    const map = addon.bpf(0, struct(72, 1, 4, 4096, 512));
    const insns = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);
    const program = addon.bpf(5, struct(120, 3, 2), [8, insns, 16, Buffer.from("GPL\\0")]);
    if (map < 0 || program < 0) throw new Error(map + " " + program);
    // The pool is busy at first, so that the updates wait while garbage is collected.
    const runs = [0, 1, 2, 3].map(() => addon.bpfAsync(10, struct(80, program, 0, 64, 0, 0, 0, 0, 0, 1000000), [16, new Uint8Array(64)]));
    const updates = [];
    for (let i = 0; i < 300; i++) {
      updates.push(addon.bpfAsync(2, struct(32, map), [8, struct(4, i), 16, new Uint8Array(4096).fill(i)]));
    }
    for (let round = 0; round < 3; round++) {
      gc();
      for (let n = 0; n < 500; n++) new Uint8Array(4096).fill(0xee);
    }
    const results = new Set(await Promise.all([...runs, ...updates]));
    let right = 0;
    const value = new Uint8Array(4096);
    for (let i = 0; i < 300; i++) {
      if (addon.mapElem(1, map, struct(4, i), value, 0) === 0 && value.every((byte) => byte === (i & 255))) right++;
    }
    console.log(JSON.stringify([[...results], right]));`);
  assert.deepEqual(found, [[0], 300]);
});

test("the garbage collector unmaps what was never closed, and what was closed only once", async () => {
  const found = await findings(`
    const fd = addon.syscall(NR.memfd_create, Buffer.from("garbage\\0"), 1);
    fs.ftruncateSync(fd, 4 * 65536);
    const mapped = () => fs.readFileSync("/proc/self/maps", "latin1").split("memfd:garbage").length - 1;
    (() => {
      for (let i = 0; i < 20; i++) {
        addon.mmapOpen(fd, 65536, 1, 1, 0);
        addon.ringOpen(fd, 65536);
        addon.userRingOpen(fd, 65536);
        addon.perfOpen(fd, 1);
        addon.close(addon.mmapOpen(fd, 65536, 1, 1, 0));
      }
    })();
    const before = mapped();
    // Finalizers run on turns of the event loop after a collection.
    for (let i = 0; i < 10 && mapped() > 0; i++) {
      gc();
      await new Promise(setImmediate);
    }
    console.log(JSON.stringify([before > 0, mapped()]));`);
  assert.deepEqual(found, [true, 0]);
});

test("an open watch goes on when its handle is collected", async () => {
  const found = await findings(`
    const { reader, writer } = pipe();
    let calls = 0;
    const done = new Promise((resolve) => {
      addon.pollStart(reader, 1, () => { fs.readSync(reader, Buffer.alloc(1)); if (++calls === 5) resolve(); });
    });
    for (let i = 0; i < 5; i++) {
      gc();
      await new Promise(setImmediate);
      fs.writeSync(writer, "x");
    }
    await done;
    console.log(JSON.stringify(calls));
    process.exit();`);
  assert.equal(found, 5);
});

test("a stopped watch lets go of its callback, within the callback too", async () => {
  const found = await findings(`
    const { reader, writer } = pipe();
    fs.writeSync(writer, "x");
    const round = (stopWithin) => new Promise((resolve) => {
      const stop = () => { addon.pollStop(poll); resolve(new WeakRef(callback)); };
      const callback = () => (stopWithin ? stop() : setImmediate(stop));
      const poll = addon.pollStart(reader, 1, callback);
      if (!stopWithin) stop();
    });
    const callbacks = [];
    for (let i = 0; i < 200; i++) callbacks.push(await round(i % 2 === 0));
    const alive = () => callbacks.filter((callback) => callback.deref() !== undefined).length;
    for (let i = 0; i < 10 && alive() > 0; i++) {
      await new Promise(setImmediate);
      gc();
    }
    console.log(JSON.stringify(alive()));`);
  assert.equal(found, 0);
});
