import assert from "node:assert/strict";
import { AsyncLocalStorage } from "node:async_hooks";
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { setImmediate, setTimeout } from "node:timers/promises";
import { type NativeHandle, native } from "./native.ts";
import {
  AS_ROOT,
  createMap,
  ERRNO,
  emitter,
  NR,
  ok,
  opened,
  ownFd,
  PAGE_BYTES,
  pattern,
  pipe,
  runScript,
  struct,
  unpack,
} from "./native-fixture.test-support.ts";

const addon = native();
const READABLE = 1;
const WRITABLE = 2;
const DISCONNECT = 4;

/** Watches a descriptor until the test ends. */
function watch(
  t: TestContext,
  fd: number,
  events: number,
  callback: (status: number, events: number) => void,
): NativeHandle {
  const poll = opened(addon.pollStart(fd, events, callback));
  t.after(() => addon.pollStop(poll));
  return poll;
}

/** The next callback's arguments. */
function nextEvent(t: TestContext, fd: number, events: number): Promise<[status: number, events: number]> {
  return new Promise((resolve) => {
    const poll = watch(t, fd, events, (...result) => {
      addon.pollStop(poll);
      resolve(result);
    });
  });
}

test("a watch calls back while its descriptor is readable, and pauses when it isn't", async (t) => {
  const { reader, writer } = pipe(t);
  const calls: number[][] = [];
  const byte = new Uint8Array(1);
  let wake = (): void => {};
  watch(t, reader, READABLE, (...result) => {
    calls.push(result);
    readSync(reader, byte);
    if (calls.length % 3 === 0) wake();
  });
  for (let round = 1; round <= 2; round++) {
    const done = new Promise<void>((resolve) => {
      wake = resolve;
    });
    writeSync(writer, "abc");
    await done;
    await setTimeout(20);
    assert.equal(calls.length, 3 * round);
  }
  assert.deepEqual(new Set(calls.map(String)), new Set(["0,1"]));
});

test("writable and disconnected descriptors are told apart", async (t) => {
  assert.deepEqual(await nextEvent(t, pipe(t).writer, READABLE | WRITABLE), [0, WRITABLE]);
  const other = pipeToClose();
  closeSync(other.writer);
  const [status, events] = await nextEvent(t, other.reader, READABLE | DISCONNECT);
  assert.equal(status, 0);
  assert.notEqual(events & (READABLE | DISCONNECT), 0);
  closeSync(other.reader);
});

test("an error on the descriptor is a status, after which the watch can be stopped", async (t) => {
  const { reader, writer } = pipeToClose();
  writeSync(writer, new Uint8Array(65536));
  const poll = nextEvent(t, writer, WRITABLE);
  closeSync(reader);
  const [status, events] = await poll;
  // libuv reports an error condition alone as EBADF, with others as them.
  assert.ok(status === -ERRNO.EBADF || (status === 0 && events === WRITABLE), `${status}, ${events}`);
  closeSync(writer);
});

test("no callback follows pollStop, from within the callback too", async (t) => {
  const { reader, writer } = pipe(t);
  writeSync(writer, "never read");
  let calls = 0;
  const poll = watch(t, reader, READABLE, () => {
    calls++;
    assert.equal(addon.pollStop(poll), 0);
    assert.equal(addon.pollStop(poll), 0);
    assert.equal(addon.pollRef(poll, true), -ERRNO.EBADF);
  });
  await setTimeout(30);
  assert.equal(calls, 1);

  const stopped = watch(t, reader, READABLE, () => assert.fail("called after pollStop"));
  assert.equal(addon.pollStop(stopped), 0);
  await setTimeout(30);
});

test("a callback can stop another watch that is due in the same turn", async (t) => {
  const first = pipe(t);
  const second = pipe(t);
  let calls = 0;
  const polls = [first, second].map(({ reader }) =>
    watch(t, reader, READABLE, () => {
      calls++;
      for (const poll of polls) addon.pollStop(poll);
    }),
  );
  writeSync(first.writer, "a");
  writeSync(second.writer, "b");
  await setTimeout(30);
  assert.equal(calls, 1);
});

test("a descriptor is watched once, and again at once after pollStop", async (t) => {
  const { reader, writer } = pipe(t);
  const poll = watch(t, reader, READABLE, () => {});
  assert.equal(
    addon.pollStart(reader, READABLE, () => {}),
    -ERRNO.EEXIST,
  );
  addon.pollStop(poll);
  writeSync(writer, "x");
  assert.deepEqual(await nextEvent(t, reader, READABLE), [0, READABLE]);
});

test("a descriptor can be closed right after pollStop, and its number used again", async (t) => {
  for (let round = 0; round < 20; round++) {
    const { reader, writer } = pipeToClose();
    writeSync(writer, "x");
    assert.deepEqual(await nextEvent(t, reader, READABLE), [0, READABLE]);
    closeSync(reader);
    closeSync(writer);
  }
});

test("descriptors that can't be watched are refused", (t) => {
  // A folder: a file of some file systems can be watched (FUSE, whence virtiofs).
  const file = openSync("/", "r");
  t.after(() => closeSync(file));
  assert.equal(
    addon.pollStart(file, READABLE, () => {}),
    -ERRNO.EPERM,
  );
  assert.equal(
    addon.pollStart(-1, READABLE, () => {}),
    -ERRNO.EBADF,
  );
});

test("the callback has the asynchronous context of pollStart, and promises settle after it", async (t) => {
  const storage = new AsyncLocalStorage<string>();
  const { reader, writer } = pipe(t);
  const seen = new Promise<string | undefined>((resolve) => {
    storage.run("ours", () => {
      const poll = watch(t, reader, READABLE, async () => {
        addon.pollStop(poll);
        await Promise.resolve();
        resolve(storage.getStore());
      });
    });
  });
  writeSync(writer, "x");
  assert.equal(await seen, "ours");
});

test("an epoll descriptor stands for all that it watches", async (t) => {
  const epoll = ownFd(t, addon.syscall(NR.epoll_create1, 0o2000000));
  const EPOLL_CTL_ADD = 1;
  const EPOLLIN = 1;
  const pipes = [pipe(t), pipe(t)];
  for (const { reader } of pipes) {
    // struct epoll_event is packed on x86-64 alone.
    ok(addon.syscall(NR.epoll_ctl, epoll, EPOLL_CTL_ADD, reader, struct(16, [0, 4, EPOLLIN], [4, 4, reader])));
  }
  const event = nextEvent(t, epoll, READABLE);
  writeSync(pipes[1]?.writer ?? -1, "x");
  assert.deepEqual(await event, [0, READABLE]);
});

test("a ring buffer's descriptor is readable when a record is there", AS_ROOT, async (t) => {
  const size = Math.max(4096, PAGE_BYTES);
  const fd = createMap(t, 27, 0, 0, size);
  const ring = opened(addon.ringOpen(fd, size));
  t.after(() => addon.close(ring));
  const emit = emitter(t, "ringbuf", fd);
  const out = new Uint8Array(1024);
  let received = 0;
  const done = new Promise<void>((resolve) => {
    watch(t, fd, READABLE, (status) => {
      assert.equal(status, 0);
      for (let used = 1; used > 0; ) {
        used = addon.ringDrain(ring, out, 2);
        for (const { data } of unpack(out, used)) assert.deepEqual(data, pattern(received++, 16));
      }
      if (received === 50) resolve();
    });
  });
  for (let seq = 0; seq < 50; seq++) {
    assert.equal(emit(pattern(seq, 16)), 0);
    if (seq % 7 === 0) await setImmediate();
  }
  await done;
});

test("a watch keeps the process alive unless it is unreferenced", async () => {
  const unreferenced = await runScript(`
    const poll = addon.pollStart(pipe().reader, 1, () => {});
    if (addon.pollRef(poll, false) !== 0) throw new Error("pollRef");
    process.on("exit", () => console.log("over"));`);
  assert.deepEqual(unreferenced, { code: 0, signal: null, stdout: "over\n", stderr: "" });
  const referenced = await runScript(`
    const { reader, writer } = pipe();
    const poll = addon.pollStart(reader, 1, () => { console.log("event"); addon.pollStop(poll); });
    addon.pollRef(poll, false);
    addon.pollRef(poll, true);
    setTimeout(() => fs.writeSync(writer, "x"), 50).unref();`);
  assert.deepEqual(referenced, { code: 0, signal: null, stdout: "event\n", stderr: "" });
});

test("process.exit with open watches is clean, within a callback too", async () => {
  const script = (exit: string): string => `
    const { reader, writer } = pipe();
    addon.pollStart(pipe().reader, 1, () => {});
    addon.pollStart(reader, 1, () => { ${exit} });
    fs.writeSync(writer, "x");`;
  assert.deepEqual(await runScript(script("process.exit(7)")), { code: 7, signal: null, stdout: "", stderr: "" });
  const later = await runScript(script("setImmediate(() => process.exit(8))"));
  assert.deepEqual(later, { code: 8, signal: null, stdout: "", stderr: "" });
});

test("an exception of the callback is an uncaught one: the handler's, or the end of the process", async () => {
  const script = `
    const { reader, writer } = pipe();
    let calls = 0;
    const poll = addon.pollStart(reader, 1, () => {
      fs.readSync(reader, Buffer.alloc(1));
      if (++calls === 3) addon.pollStop(poll);
      throw new Error("thrown " + calls);
    });
    fs.writeSync(writer, "abc");`;
  const handled = await runScript(`process.on("uncaughtException", (error) => console.log(error.message));${script}`);
  assert.deepEqual(handled, { code: 0, signal: null, stdout: "thrown 1\nthrown 2\nthrown 3\n", stderr: "" });
  const unhandled = await runScript(script);
  assert.equal(unhandled.code, 1);
  assert.match(unhandled.stderr, /Error: thrown 1/);
});

/** A pipe whose ends the test closes. */
function pipeToClose(): { reader: number; writer: number } {
  const fds = new Uint8Array(8);
  ok(addon.syscall(NR.pipe2, fds, 0o2000000));
  const [reader = -1, writer = -1] = new Int32Array(fds.buffer);
  return { reader, writer };
}
