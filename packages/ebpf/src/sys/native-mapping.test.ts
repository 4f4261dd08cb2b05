import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { native } from "./native.ts";
import {
  AS_ROOT,
  createMap,
  ERRNO,
  memoryFile,
  ok,
  opened,
  PAGE_BYTES,
  pattern,
  struct,
} from "./native-fixture.test-support.ts";

const addon = native();
const READ = 1;
const WRITE = 2;
const SHARED = 1;

test("a mapping is read and written at offsets", (t) => {
  const file = memoryFile(t, 2 * PAGE_BYTES, [PAGE_BYTES, pattern(1, 64)]);
  const mapping = opened(addon.mmapOpen(file, PAGE_BYTES, READ | WRITE, SHARED, PAGE_BYTES));
  const out = new Uint8Array(64);
  assert.equal(addon.memRead(mapping, 0, out), 64);
  assert.deepEqual(out, pattern(1, 64));
  assert.equal(addon.memWrite(mapping, 8, new DataView(pattern(2, 16).buffer, 4, 8)), 8);
  const buffer = new Uint8Array(16);
  assert.equal(addon.memRead(mapping, 8, new DataView(buffer.buffer, 4, 8)), 8);
  assert.deepEqual([...buffer], [0, 0, 0, 0, ...pattern(2, 16).subarray(4, 12), 0, 0, 0, 0]);
  assert.equal(addon.close(mapping), 0);
});

test("no access leaves the mapping", (t) => {
  const mapping = opened(addon.mmapOpen(memoryFile(t, PAGE_BYTES), PAGE_BYTES, READ | WRITE, SHARED, 0));
  const eight = new Uint8Array(8);
  assert.equal(addon.memRead(mapping, PAGE_BYTES - 8, eight), 8);
  assert.equal(addon.memRead(mapping, PAGE_BYTES, new Uint8Array(0)), 0);
  for (const offset of [PAGE_BYTES - 7, PAGE_BYTES, PAGE_BYTES + 1, 2 ** 32, Number.MAX_SAFE_INTEGER]) {
    assert.equal(addon.memRead(mapping, offset, eight), -ERRNO.EINVAL);
    assert.equal(addon.memWrite(mapping, offset, eight), -ERRNO.EINVAL);
    assert.equal(addon.memAtomic(mapping, offset, 8, 0, 0n), -ERRNO.EINVAL);
  }
  assert.equal(addon.memRead(mapping, 0, new Uint8Array(PAGE_BYTES + 1)), -ERRNO.EINVAL);
  addon.close(mapping);
});

test("a read-only mapping refuses changes, one without reading refuses both", (t) => {
  const file = memoryFile(t, PAGE_BYTES);
  const readOnly = opened(addon.mmapOpen(file, PAGE_BYTES, READ, SHARED, 0));
  assert.equal(addon.memWrite(readOnly, 0, new Uint8Array(1)), -ERRNO.EACCES);
  assert.equal(addon.memAtomic(readOnly, 0, 4, 1, 1n), -ERRNO.EACCES);
  assert.equal(addon.memAtomic(readOnly, 0, 4, 2, 1n), -ERRNO.EACCES);
  assert.equal(addon.memAtomic(readOnly, 0, 4, 0, 0n), 0n);
  const closedToAll = opened(addon.mmapOpen(file, PAGE_BYTES, 0, SHARED, 0));
  assert.equal(addon.memRead(closedToAll, 0, new Uint8Array(1)), -ERRNO.EACCES);
  assert.equal(addon.memAtomic(closedToAll, 0, 4, 0, 0n), -ERRNO.EACCES);
  addon.close(readOnly);
  addon.close(closedToAll);
});

test("atomic accesses load, store and add in both widths", (t) => {
  const mapping = opened(addon.mmapOpen(memoryFile(t, PAGE_BYTES), PAGE_BYTES, READ | WRITE, SHARED, 0));
  const big = 0xfedc_ba98_7654_3210n;
  assert.equal(addon.memAtomic(mapping, 16, 8, 1, big), big);
  assert.equal(addon.memAtomic(mapping, 16, 8, 0, 0n), big);
  assert.equal(addon.memAtomic(mapping, 16, 4, 0, 0n), 0x7654_3210n);
  assert.equal(addon.memAtomic(mapping, 20, 4, 0, 0n), 0xfedc_ba98n);
  assert.equal(addon.memAtomic(mapping, 20, 4, 2, 0x0123_4568n), 0xfedc_ba98n);
  assert.equal(addon.memAtomic(mapping, 16, 8, 0, 0n), 0x7654_3210n, "a 32-bit sum wraps within its word");
  assert.equal(addon.memAtomic(mapping, 16, 8, 2, -1n), 0x7654_3210n);
  assert.equal(addon.memAtomic(mapping, 16, 8, 0, 0n), 0x7654_320fn);
  assert.equal(addon.memAtomic(mapping, 16, 4, 1, -1n), 0xffff_ffffn);
  addon.close(mapping);
});

test("atomic accesses refuse what is unaligned, another width or operation, and no bigint", (t) => {
  const mapping = opened(addon.mmapOpen(memoryFile(t, PAGE_BYTES), PAGE_BYTES, READ | WRITE, SHARED, 0));
  for (const [offset, width] of [
    [4, 8],
    [1, 4],
    [2, 4],
    [7, 8],
  ] as const) {
    assert.equal(addon.memAtomic(mapping, offset, width, 0, 0n), -ERRNO.EINVAL);
  }
  for (const width of [0, 1, 2, 16]) assert.throws(() => addon.memAtomic(mapping, 0, width, 0, 0n), RangeError);
  assert.throws(() => addon.memAtomic(mapping, 0, 4, 3, 0n), RangeError);
  assert.throws(() => addon.memAtomic(mapping, 0, 4, 1, 1 as unknown as bigint), TypeError);
  addon.close(mapping);
});

test("a closed mapping gives EBADF, and closing again does nothing", (t) => {
  const mapping = opened(addon.mmapOpen(memoryFile(t, PAGE_BYTES), PAGE_BYTES, READ | WRITE, SHARED, 0));
  assert.equal(addon.close(mapping), 0);
  assert.equal(addon.close(mapping), 0);
  assert.equal(addon.memRead(mapping, 0, new Uint8Array(1)), -ERRNO.EBADF);
  assert.equal(addon.memWrite(mapping, 0, new Uint8Array(1)), -ERRNO.EBADF);
  assert.equal(addon.memAtomic(mapping, 0, 4, 0, 0n), -ERRNO.EBADF);
});

test("closing unmaps at once", (t) => {
  const file = memoryFile(t, 64 * PAGE_BYTES);
  const countMaps = (): number => readFileSync("/proc/self/maps", "latin1").split("memfd:fixture").length - 1;
  const before = countMaps();
  const mapping = opened(addon.mmapOpen(file, 64 * PAGE_BYTES, READ, SHARED, 0));
  assert.equal(countMaps(), before + 1);
  addon.close(mapping);
  assert.equal(countMaps(), before);
});

test("what the kernel refuses to map is -errno", (t) => {
  const file = memoryFile(t, PAGE_BYTES);
  assert.equal(addon.mmapOpen(-1, PAGE_BYTES, READ, SHARED, 0), -ERRNO.EBADF);
  assert.equal(addon.mmapOpen(file, 0, READ, SHARED, 0), -ERRNO.EINVAL);
  assert.equal(addon.mmapOpen(file, PAGE_BYTES, READ, SHARED, 1), -ERRNO.EINVAL);
  assert.equal(addon.mmapOpen(file, Number.MAX_SAFE_INTEGER, READ, SHARED, 0), -12);
});

test("the value of a mappable array is shared with the kernel", AS_ROOT, (t) => {
  const BPF_F_MMAPABLE = 1 << 10;
  const fd = createMap(t, 2, 4, 8, 4, BPF_F_MMAPABLE);
  const mapping = opened(addon.mmapOpen(fd, PAGE_BYTES, READ | WRITE, SHARED, 0));
  ok(addon.mapElem(2, fd, struct(4, [0, 4, 2]), pattern(5, 8), 0));
  const out = new Uint8Array(8);
  assert.equal(addon.memRead(mapping, 16, out), 8);
  assert.deepEqual(out, pattern(5, 8));
  addon.memAtomic(mapping, 8, 8, 2, 77n);
  ok(addon.mapElem(1, fd, struct(4, [0, 4, 1]), out, 0));
  assert.deepEqual(out, struct(8, [0, 8, 77]));
  addon.close(mapping);
});
