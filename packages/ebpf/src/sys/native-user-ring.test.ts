import assert from "node:assert/strict";
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
  ok,
  opened,
  ownFd,
  PAGE_BYTES,
  pattern,
  runProgram,
  struct,
  unpack,
} from "./native-fixture.test-support.ts";

const addon = native();
const RINGBUF = 27;
const USER_RINGBUF = 31;
const SCHED_CLS = 3;

/** Bytes of the samples that the draining program passes on. */
const SAMPLE_BYTES = 24;

test("a sample lies behind its header, and the producer's position behind both", (t) => {
  const file = memoryFile(t, 4 * PAGE_BYTES);
  const ring = opened(addon.userRingOpen(file, PAGE_BYTES));
  assert.equal(addon.userRingSubmit(ring, pattern(1, 5)), 0);
  assert.equal(addon.userRingSubmit(ring, new DataView(pattern(2, 16).buffer, 8)), 0);
  assert.equal(addon.userRingSubmit(ring, new Uint8Array(0)), 0);
  const mapping = opened(addon.mmapOpen(file, 4 * PAGE_BYTES, 1, 1, 0));
  assert.equal(addon.memAtomic(mapping, PAGE_BYTES, 8, 0, 0n), 40n);
  const data = new Uint8Array(40);
  addon.memRead(mapping, 2 * PAGE_BYTES, data);
  assert.deepEqual(data.slice(0, 13), Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0, ...pattern(1, 5)));
  assert.deepEqual(data.slice(16, 32), Uint8Array.of(8, 0, 0, 0, 0, 0, 0, 0, ...pattern(2, 16).subarray(8)));
  assert.deepEqual(data.slice(32), new Uint8Array(8));
  addon.close(mapping);
  addon.close(ring);
});

test("a full ring is ENOSPC until the consumer moves, and a sample larger than the ring is E2BIG", (t) => {
  const file = memoryFile(t, 4 * PAGE_BYTES);
  const ring = opened(addon.userRingOpen(file, PAGE_BYTES));
  const consumer = opened(addon.mmapOpen(file, PAGE_BYTES, 3, 1, 0));
  assert.equal(addon.userRingSubmit(ring, new Uint8Array(PAGE_BYTES - 7)), -ERRNO.E2BIG);
  assert.equal(addon.userRingSubmit(ring, new Uint8Array(4 * PAGE_BYTES)), -ERRNO.E2BIG);
  let submitted = 0;
  while (addon.userRingSubmit(ring, pattern(submitted, 120)) === 0) submitted++;
  assert.equal(submitted, PAGE_BYTES / 128);
  assert.equal(addon.userRingSubmit(ring, new Uint8Array(0)), -ERRNO.ENOSPC);
  addon.memAtomic(consumer, 0, 8, 1, 128n);
  assert.equal(addon.userRingSubmit(ring, pattern(0, 121)), -ERRNO.ENOSPC);
  assert.equal(addon.userRingSubmit(ring, pattern(0, 120)), 0);
  addon.memAtomic(consumer, 0, 8, 1, 128n + BigInt(PAGE_BYTES));
  assert.equal(addon.userRingSubmit(ring, new Uint8Array(PAGE_BYTES - 8)), 0);
  addon.close(consumer);
  addon.close(ring);
});

test("positions that can't be a ring's are EIO, a closed ring is EBADF", (t) => {
  const file = memoryFile(t, 4 * PAGE_BYTES, [0, struct(8, [0, 8, 8])]);
  const ring = opened(addon.userRingOpen(file, PAGE_BYTES));
  assert.equal(addon.userRingSubmit(ring, new Uint8Array(8)), -ERRNO.EIO);
  addon.close(ring);
  assert.equal(addon.userRingSubmit(ring, new Uint8Array(8)), -ERRNO.EBADF);
});

test("a program drains the samples in order over many rounds of a small ring", AS_ROOT, (t) => {
  const size = Math.max(4096, PAGE_BYTES);
  const userFd = createMap(t, USER_RINGBUF, 0, 0, size);
  const ringFd = createMap(t, RINGBUF, 0, 0, 4 * size);
  const userRing = opened(addon.userRingOpen(userFd, size));
  const ring = opened(addon.ringOpen(ringFd, 4 * size));
  t.after(() => [userRing, ring].map((handle) => addon.close(handle)));

  // main: bpf_user_ringbuf_drain(map, callback, r10, 0); callback: copies its sample to the ring.
  const callback = 8;
  const functions: [number, number][] = [
    [0, 3],
    [callback, 4],
  ];
  const drainer = loadProgram(
    t,
    SCHED_CLS,
    [
      ...loadMap(1, userFd),
      ...insn(0x18, 2, 4, 0, callback - 3), // r2 = callback: slots after this instruction's first
      ...insn(0),
      ...insn(0xbf, 3, 10), // r3 = r10
      ...insn(0xb7, 4, 0, 0, 0), // r4 = 0
      ...insn(0x85, 0, 0, 0, 209), // bpf_user_ringbuf_drain
      ...insn(0x95), // exit with the number of samples
      ...insn(0xbf, 3, 1), // callback: r3 = the sample's dynptr
      ...insn(0xbf, 1, 10), // r1 = r10 - 24
      ...insn(0x07, 1, 0, 0, -SAMPLE_BYTES),
      ...insn(0xb7, 2, 0, 0, SAMPLE_BYTES), // r2 = 24
      ...insn(0xb7, 4, 0, 0, 0), // r4 = 0
      ...insn(0xb7, 5, 0, 0, 0), // r5 = 0
      ...insn(0x85, 0, 0, 0, 201), // bpf_dynptr_read
      ...loadMap(1, ringFd),
      ...insn(0xbf, 2, 10), // r2 = r10 - 24
      ...insn(0x07, 2, 0, 0, -SAMPLE_BYTES),
      ...insn(0xb7, 3, 0, 0, SAMPLE_BYTES), // r3 = 24
      ...insn(0xb7, 4, 0, 0, 0), // r4 = 0
      ...insn(0x85, 0, 0, 0, 130), // bpf_ringbuf_output
      ...insn(0xb7, 0, 0, 0, 0), // return 0: go on
      ...insn(0x95),
    ],
    { btfFd: ownFd(t, loadCallbackBtf()), functions },
  );

  const out = new Uint8Array(4 * size);
  let submitted = 0;
  let received = 0;
  for (let round = 0; round < 10; round++) {
    const before = submitted;
    while (addon.userRingSubmit(userRing, pattern(submitted, SAMPLE_BYTES)) === 0) submitted++;
    assert.ok(submitted > before);
    assert.equal(runProgram(drainer, new Uint8Array(64)), submitted - before);
    for (const { data } of unpack(out, addon.ringDrain(ring, out, 2 ** 31))) {
      assert.deepEqual(data, pattern(received, SAMPLE_BYTES));
      received++;
    }
    assert.equal(received, submitted);
  }
});

/** Loads BTF with `int`, `int (void)`, and two functions of that type: 3 is global, 4, a callback, is static. */
function loadCallbackBtf(): number {
  const names = new TextEncoder().encode("\0int\0main\0callback\0");
  const INT = 1 << 24;
  const FUNC = 12 << 24;
  const FUNC_PROTO = 13 << 24;
  const types = Buffer.concat([
    struct(16, [0, 4, 1], [4, 4, INT], [8, 4, 4], [12, 4, (1 << 24) | 32]),
    struct(12, [4, 4, FUNC_PROTO], [8, 4, 1]),
    struct(12, [0, 4, 5], [4, 4, FUNC | 1], [8, 4, 2]),
    struct(12, [0, 4, 10], [4, 4, FUNC], [8, 4, 2]),
  ]);
  const header = struct(
    24,
    [0, 2, 0xeb9f],
    [2, 1, 1],
    [4, 4, 24],
    [12, 4, types.length],
    [16, 4, types.length],
    [20, 4, names.length],
  );
  const btf = new Uint8Array(Buffer.concat([header, types, names]));
  return ok(addon.bpf(18, struct(32, [16, 4, btf.length]), [0, btf]));
}
