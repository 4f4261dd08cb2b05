import assert from "node:assert/strict";
import { closeSync, openSync, readFileSync, readSync, writeSync } from "node:fs";
import { test } from "node:test";
import { native } from "./native.ts";
import {
  AS_ROOT,
  createMap,
  ERRNO,
  insn,
  loadMap,
  loadProgram,
  memoryFile,
  NR,
  ok,
  ownFd,
  pattern,
  pipe,
  runProgram,
  runScript,
  struct,
  viewOf,
} from "./native-fixture.test-support.ts";

const addon = native();
const HASH = 1;
const ARRAY = 2;
const SCHED_CLS = 3;
const LOOKUP = 1;
const UPDATE = 2;
const DELETE = 3;
const NEXT_KEY = 4;

test("syscall passes numbers and gives the result or -errno", () => {
  assert.equal(addon.syscall(NR.getpid), process.pid);
  assert.equal(addon.syscall(NR.epoll_create1, -1), -ERRNO.EINVAL);
  assert.equal(addon.syscall(NR.ioctl, -1, 0x541b, null), -ERRNO.EBADF);
  assert.equal(addon.syscall(0xffffff), -38);
});

test("syscall passes numbers beyond 32 bits and below zero as they are", (t) => {
  // pwritev's offset is the whole 64 bits of its fourth argument on 64-bit CPUs; -1 as a descriptor is the low half alone.
  const pwrite = process.arch === "x64" ? 18 : 68;
  const fd = memoryFile(t, 0);
  assert.equal(addon.syscall(pwrite, fd, Uint8Array.of(7), 1, 2 ** 40 + 1), 1);
  const byte = Buffer.alloc(1);
  assert.equal(readSync(fd, byte, 0, 1, 2 ** 40 + 1), 1);
  assert.equal(byte[0], 7);
  assert.equal(addon.syscall(pwrite, fd, Uint8Array.of(7), 1, -1), -ERRNO.EINVAL);
});

test("syscall passes the address of a subarray's first byte, and of a DataView's", (t) => {
  const { reader, writer } = pipe(t);
  const buffer = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).buffer;
  const write = process.arch === "x64" ? 1 : 64;
  assert.equal(addon.syscall(write, writer, new Uint8Array(buffer, 3, 4), 4), 4);
  assert.equal(addon.syscall(write, writer, new DataView(buffer, 8), 2), 2);
  const read = new Uint8Array(16);
  assert.equal(readSync(reader, read), 6);
  assert.deepEqual([...read.subarray(0, 6)], [3, 4, 5, 6, 8, 9]);
});

test("an array argument is its first view, with the addresses of others written into it", (t) => {
  const { reader, writer } = pipe(t);
  const iov = struct(32, [8, 8, 3], [24, 8, 2]);
  assert.equal(addon.syscall(NR.writev, writer, [iov, 0, Uint8Array.of(1, 2, 3), 16, Uint8Array.of(4, 5)], 2), 5);
  const read = new Uint8Array(16);
  assert.equal(readSync(reader, read), 5);
  assert.deepEqual([...read.subarray(0, 5)], [1, 2, 3, 4, 5]);
});

test("a null in an array argument writes eight zeros", () => {
  const bytes = new Uint8Array(24).fill(0xff);
  addon.syscall(NR.getpid, [bytes, 8, null]);
  assert.deepEqual(
    [...bytes],
    [...new Uint8Array(8).fill(0xff), ...new Uint8Array(8), ...new Uint8Array(8).fill(0xff)],
  );
});

test("descriptors of bpf, and of calls with a close-on-exec flag, stay out of child processes", AS_ROOT, async (t) => {
  const epoll = ownFd(t, addon.syscall(NR.epoll_create1, 0o2000000));
  for (const fd of [createMap(t, ARRAY, 4, 8, 1), pipe(t).reader, memoryFile(t, 8), epoll]) {
    const flags = /^flags:\t(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1"));
    assert.notEqual(Number.parseInt(flags?.[1] ?? "", 8) & 0o2000000, 0);
  }
  const list = `fs.readdirSync("/proc/self/fd").map((fd) => { try { return fs.readlinkSync("/proc/self/fd/" + fd) } catch {} })`;
  const { stdout } = await runScript(`console.log(JSON.stringify(${list}))`);
  assert.match(stdout, /\[.*pipe/);
  assert.doesNotMatch(stdout, /bpf|memfd/);
});

test("bpf puts the addresses of views into attr", AS_ROOT, (t) => {
  const fd = createMap(t, HASH, 4, 8, 16);
  const key = struct(12, [4, 4, 0x01020304]).subarray(4, 8);
  const value = pattern(1, 8);
  ok(addon.bpf(UPDATE, struct(32, [0, 4, fd]), [8, key, 16, value]));
  const buffer = new ArrayBuffer(24);
  ok(addon.bpf(LOOKUP, struct(32, [0, 4, fd]), [8, key, 16, new DataView(buffer, 8, 8)]));
  assert.deepEqual(new Uint8Array(buffer, 8, 8), value);
  assert.deepEqual(new Uint8Array(buffer, 0, 8), new Uint8Array(8));
  assert.equal(addon.bpf(LOOKUP, struct(32, [0, 4, fd]), [8, null, 16, value]), -ERRNO.EFAULT);
});

test("bpf puts addresses into a view that attr leads to", AS_ROOT, (t) => {
  const map = createMap(t, ARRAY, 4, 8, 1);
  const program = loadProgram(t, SCHED_CLS, [...loadMap(1, map), ...insn(0xb7, 0, 0, 0, 0), ...insn(0x95)]);
  const ids = new Uint8Array(4);
  // struct bpf_prog_info: nr_map_ids at 52, map_ids at 56.
  const info = struct(232, [52, 4, 1]);
  ok(addon.bpf(15, struct(16, [0, 4, program], [4, 4, info.length]), [8, info, info, 56, ids]));
  const mapInfo = new Uint8Array(80);
  ok(addon.bpf(15, struct(16, [0, 4, map], [4, 4, mapInfo.length]), [8, mapInfo]));
  assert.equal(viewOf(ids).getUint32(0, true), viewOf(mapInfo).getUint32(4, true));
});

test("an offset as far as attr's last eight bytes is taken", () => {
  const attr = new Uint8Array(16);
  assert.equal(addon.bpf(0xffff, attr, [8, attr]), -ERRNO.EINVAL);
  assert.notDeepEqual(attr, new Uint8Array(16));
});

test("mapElem updates, looks up, walks and deletes", AS_ROOT, (t) => {
  const fd = createMap(t, HASH, 4, 8, 16);
  const key = new DataView(new ArrayBuffer(4));
  for (let i = 1; i <= 3; i++) {
    key.setUint32(0, i, true);
    assert.equal(addon.mapElem(UPDATE, fd, key, pattern(i, 8), 0), 0);
  }
  const value = new Uint8Array(8);
  assert.equal(addon.mapElem(LOOKUP, fd, key, value, 0), 0);
  assert.deepEqual(value, pattern(3, 8));

  const seen = new Set<number>();
  const next = new Uint8Array(4);
  let from: Uint8Array | null = null;
  while (addon.mapElem(NEXT_KEY, fd, from, next, 0) === 0) {
    seen.add(viewOf(next).getUint32(0, true));
    from = next.slice();
  }
  assert.deepEqual([...seen].sort(), [1, 2, 3]);
  assert.equal(addon.mapElem(DELETE, fd, key, null, 0), 0);
  assert.equal(addon.mapElem(LOOKUP, fd, key, value, 0), -2);
  assert.equal(addon.mapElem(LOOKUP, -1, key, value, 0), -ERRNO.EBADF);
});

test("mapElem passes flags beyond 31 bits as they are", AS_ROOT, (t) => {
  const fd = createMap(t, HASH, 4, 8, 4);
  const key = struct(4, [0, 4, 1]);
  const BPF_EXIST = 2;
  assert.equal(addon.mapElem(UPDATE, fd, key, pattern(1, 8), BPF_EXIST), -2);
  for (const flags of [2 ** 31, 2 ** 32, 2 ** 52]) {
    assert.equal(addon.mapElem(UPDATE, fd, key, pattern(1, 8), flags), -ERRNO.EINVAL, `flags ${flags}`);
  }
  assert.equal(addon.mapElem(LOOKUP, fd, key, new Uint8Array(8), 0), -2);
});

test("bpfAsync resolves with the result, or with -errno", AS_ROOT, async (t) => {
  const fd = createMap(t, HASH, 4, 8, 16);
  const key = struct(4, [0, 4, 9]);
  assert.equal(await addon.bpfAsync(UPDATE, struct(32, [0, 4, fd]), [8, key, 16, pattern(9, 8)]), 0);
  const value = new Uint8Array(8);
  const pending = addon.bpfAsync(LOOKUP, struct(32, [0, 4, fd]), [8, key, 16, value]);
  assert.ok(pending instanceof Promise);
  assert.equal(await pending, 0);
  assert.deepEqual(value, pattern(9, 8));
  assert.equal(await addon.bpfAsync(LOOKUP, struct(32, [0, 4, -1])), -ERRNO.EBADF);
  const opened = await addon.bpfAsync(0, struct(72, [0, 4, ARRAY], [4, 4, 4], [8, 4, 4], [12, 4, 1]));
  ownFd(t, opened);
});

test("bpfAsync fills attr in place", AS_ROOT, async (t) => {
  const program = loadProgram(t, SCHED_CLS, [...insn(0xb7, 0, 0, 0, 42), ...insn(0x95)]);
  assert.equal(runProgram(program, new Uint8Array(64)), 42);
  const packet = new Uint8Array(64);
  const attr = struct(80, [0, 4, program], [8, 4, packet.length], [32, 4, 1000]);
  ok(await addon.bpfAsync(10, attr, [16, packet]));
  assert.equal(viewOf(attr).getUint32(4, true), 42);
});

test("many bpfAsync calls at once keep their views apart", AS_ROOT, async (t) => {
  const fd = createMap(t, HASH, 4, 8, 256);
  const keys = Array.from({ length: 200 }, (_, i) => struct(4, [0, 4, i]));
  const updates = keys.map((key, i) => addon.bpfAsync(UPDATE, struct(32, [0, 4, fd]), [8, key, 16, pattern(i, 8)]));
  assert.deepEqual(new Set(await Promise.all(updates)), new Set([0]));
  const values = keys.map(() => new Uint8Array(8));
  const lookups = keys.map((key, i) => addon.bpfAsync(LOOKUP, struct(32, [0, 4, fd]), [8, key, 16, values[i] ?? null]));
  await Promise.all(lookups);
  values.forEach((value, i) => {
    assert.deepEqual(value, pattern(i, 8));
  });
});

test("readFully reads a file of the kernel whole, as Node.js does", () => {
  const file = "/sys/kernel/btf/vmlinux";
  const expected = readFileSync(file);
  const fd = openSync(file, "r");
  const out = new Uint8Array(expected.length + 100);
  assert.equal(addon.readFully(fd, out), expected.length);
  closeSync(fd);
  assert.equal(Buffer.compare(out.subarray(0, expected.length), expected), 0);
});

test("readFully goes on after short reads and ends at the end", (t) => {
  const { reader, writer } = pipe(t);
  writeSync(writer, pattern(1, 60000));
  // /proc files give a page or less for each read.
  const maps = openSync("/proc/self/smaps", "r");
  const out = new Uint8Array(2 ** 22);
  assert.ok(addon.readFully(maps, out) > 4096);
  assert.equal(addon.readFully(maps, out), 0);
  closeSync(maps);
  const part = new Uint8Array(60000);
  assert.equal(addon.readFully(reader, part.subarray(100, 200)), 100);
  assert.deepEqual(part.subarray(100, 200), pattern(1, 100));
  assert.equal(part[200], 0);
  assert.equal(addon.readFully(-1, part), -ERRNO.EBADF);
});
