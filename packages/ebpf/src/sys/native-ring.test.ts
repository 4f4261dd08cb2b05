import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { DRAIN_NEEDS, type NativeHandle, native } from "./native.ts";
import {
  AS_ROOT,
  createMap,
  discarder,
  EMIT_MAX_BYTES,
  ERRNO,
  emitter,
  memoryFile,
  opened,
  PAGE_BYTES,
  pattern,
  struct,
  unpack,
} from "./native-fixture.test-support.ts";

const addon = native();
const RINGBUF = 27;
const BUSY = 2 ** 31;
const DISCARD = 2 ** 30;

/** A ring whose memory the test writes, from the data's bytes and both positions; it isn't mapped twice, so records mustn't wrap. */
function craftedRing(t: TestContext, data: Uint8Array, producer: number, consumer = 0): NativeHandle {
  const file = memoryFile(
    t,
    2 * PAGE_BYTES + 2 * PAGE_BYTES,
    [0, struct(8, [0, 8, consumer])],
    [PAGE_BYTES, struct(8, [0, 8, producer])],
    [2 * PAGE_BYTES, data],
  );
  const ring = opened(addon.ringOpen(file, PAGE_BYTES));
  t.after(() => addon.close(ring));
  return ring;
}

/** A record as the kernel lays it out: `word` is the length and its bits. */
function record(word: number, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + ((data.length + 7) & ~7));
  bytes.set(struct(4, [0, 4, word]));
  bytes.set(data, 8);
  return bytes;
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

test("records come packed, padded to eight bytes, in order", (t) => {
  const records = [0, 1, 7, 8, 9, 64].map((length, seq) => record(length, pattern(seq, length)));
  const data = concat(...records);
  const ring = craftedRing(t, data, data.length);
  assert.equal(addon.ringAvailable(ring), data.length);
  const out = new Uint8Array(4096).fill(0xee);
  const used = addon.ringDrain(ring, out, 100);
  assert.equal(used, data.length);
  assert.deepEqual(
    unpack(out, used),
    [0, 1, 7, 8, 9, 64].map((length, seq) => ({ type: 0, data: pattern(seq, length) })),
  );
  assert.equal(out[used], 0xee);
  assert.equal(addon.ringAvailable(ring), 0);
  assert.equal(addon.ringDrain(ring, out, 100), 0);
});

test("a drain stops at a record that is still being written, and discarded ones are left out", (t) => {
  const data = concat(
    record(DISCARD + 16, pattern(0, 16)),
    record(8, pattern(1, 8)),
    record(DISCARD + 3, pattern(2, 3)),
    record(8, pattern(3, 8)),
    record(BUSY + 8, pattern(4, 8)),
    record(8, pattern(5, 8)),
  );
  const ring = craftedRing(t, data, data.length);
  const out = new Uint8Array(4096);
  const used = addon.ringDrain(ring, out, 100);
  assert.deepEqual(
    unpack(out, used).map(({ data }) => data),
    [pattern(1, 8), pattern(3, 8)],
  );
  assert.equal(addon.ringAvailable(ring), 32);
  assert.equal(addon.ringDrain(ring, out, 100), 0);
});

test("a record that is both busy and discarded is busy", (t) => {
  const data = record(BUSY + DISCARD + 8, pattern(0, 8));
  const ring = craftedRing(t, data, data.length);
  assert.equal(addon.ringDrain(ring, new Uint8Array(64), 1), 0);
  assert.equal(addon.ringAvailable(ring), 16);
});

test("discarded records are consumed though nothing is given", (t) => {
  const data = concat(
    record(DISCARD + 8, pattern(0, 8)),
    record(DISCARD + 8, pattern(1, 8)),
    record(40, pattern(2, 40)),
  );
  const ring = craftedRing(t, data, data.length);
  assert.equal(addon.ringDrain(ring, new Uint8Array(8), 1), -(48 + DRAIN_NEEDS));
  assert.equal(addon.ringAvailable(ring), 48);
});

test("an output too small for the next record is told the size that it needs", (t) => {
  const data = concat(record(100, pattern(0, 100)), record(4, pattern(1, 4)));
  const ring = craftedRing(t, data, data.length);
  for (const size of [0, 8, 104, 111]) {
    const out = new Uint8Array(size);
    assert.equal(addon.ringDrain(ring, out, 100), -(112 + DRAIN_NEEDS), `output of ${size} bytes`);
    assert.deepEqual(out, new Uint8Array(size));
  }
  const out = new Uint8Array(112);
  assert.equal(addon.ringDrain(ring, out, 100), 112);
  assert.deepEqual(unpack(out, 112), [{ type: 0, data: pattern(0, 100) }]);
  assert.equal(addon.ringDrain(ring, out, 100), 16, "what didn't fit comes with the next drain");
});

test("an output is filled within its own bounds, unaligned ones too", (t) => {
  const data = concat(...Array.from({ length: 10 }, (_, seq) => record(8, pattern(seq, 8))));
  const ring = craftedRing(t, data, data.length);
  const buffer = new Uint8Array(256).fill(0xee);
  assert.equal(addon.ringDrain(ring, buffer.subarray(13, 13 + 40), 100), 32);
  assert.deepEqual(
    unpack(buffer.slice(13), 32).map(({ data }) => data),
    [pattern(0, 8), pattern(1, 8)],
  );
  assert.ok(buffer.subarray(0, 13).every((byte) => byte === 0xee));
  assert.ok(buffer.subarray(45).every((byte) => byte === 0xee));
  assert.equal(addon.ringDrain(ring, new DataView(buffer.buffer, 100, 16), 100), 16);
  assert.deepEqual(buffer.slice(108, 116), pattern(2, 8));
});

test("a drain gives no more records than asked for", (t) => {
  const data = concat(...Array.from({ length: 10 }, (_, seq) => record(8, pattern(seq, 8))));
  const ring = craftedRing(t, data, data.length);
  const out = new Uint8Array(4096);
  assert.equal(addon.ringDrain(ring, out, 0), 0);
  assert.equal(addon.ringDrain(ring, out, 3), 48);
  assert.equal(addon.ringDrain(ring, out, 2 ** 53 - 1), 7 * 16);
});

test("lengths and positions that can't be a ring's give EIO, never a read outside", (t) => {
  const out = new Uint8Array(2 ** 16);
  const valid = record(8, pattern(0, 8));
  const cases: [what: string, data: Uint8Array, producer: number, consumer: number][] = [
    ["length beyond the producer", record(9, pattern(0, 8)), 16, 0],
    ["length beyond the ring", record(DISCARD - 1, pattern(0, 8)), PAGE_BYTES, 0],
    ["discarded length beyond the ring", record(2 * DISCARD - 1, pattern(0, 8)), PAGE_BYTES, 0],
    ["producer a ring ahead", valid, PAGE_BYTES + 8, 0],
    ["producer behind", valid, 0, 16],
    ["producer unaligned", valid, 12, 0],
    ["consumer unaligned", valid, 16, 4],
    ["positions negative", valid, -8, -1],
  ];
  for (const [what, data, producer, consumer] of cases) {
    const ring = craftedRing(t, data, producer, consumer);
    assert.equal(addon.ringDrain(ring, out, 100), -ERRNO.EIO, what);
    assert.equal(addon.ringDrain(ring, out, 100), -ERRNO.EIO, `${what}, again`);
  }
});

test("records before a corrupt one are given first", (t) => {
  const data = concat(record(8, pattern(0, 8)), record(5000, pattern(1, 8)));
  const ring = craftedRing(t, data, data.length);
  const out = new Uint8Array(256);
  assert.equal(addon.ringDrain(ring, out, 100), 16);
  assert.equal(addon.ringDrain(ring, out, 100), -ERRNO.EIO);
});

test("positions near 2^64 wrap like the kernel's", (t) => {
  const data = new Uint8Array(PAGE_BYTES);
  data.set(record(8, pattern(1, 8)), PAGE_BYTES - 16);
  data.set(record(8, pattern(2, 8)), 0);
  const ring = craftedRing(t, data, 16, -16);
  const out = new Uint8Array(256);
  const used = addon.ringDrain(ring, out, 100);
  assert.deepEqual(
    unpack(out, used).map(({ data }) => data),
    [pattern(1, 8), pattern(2, 8)],
  );
});

test("sizes that are no power of two or no ring's are EINVAL", (t) => {
  const file = memoryFile(t, 4 * PAGE_BYTES);
  for (const size of [0, 3, PAGE_BYTES + 8, 2 ** 32, 2 ** 52, Number.MAX_SAFE_INTEGER]) {
    assert.equal(addon.ringOpen(file, size), -ERRNO.EINVAL);
    assert.equal(addon.userRingOpen(file, size), -ERRNO.EINVAL);
  }
  assert.equal(addon.ringOpen(-1, PAGE_BYTES), -ERRNO.EBADF);
});

test("a closed ring gives EBADF", (t) => {
  const ring = craftedRing(t, record(8, pattern(0, 8)), 16);
  assert.equal(addon.close(ring), 0);
  assert.equal(addon.close(ring), 0);
  assert.equal(addon.ringDrain(ring, new Uint8Array(64), 1), -ERRNO.EBADF);
  assert.equal(addon.ringAvailable(ring), -ERRNO.EBADF);
});

test("the kernel's records arrive whole and in order over many rounds of a small ring", AS_ROOT, (t) => {
  const size = Math.max(4096, PAGE_BYTES);
  const fd = createMap(t, RINGBUF, 0, 0, size);
  const ring = opened(addon.ringOpen(fd, size));
  t.after(() => addon.close(ring));
  const emit = emitter(t, "ringbuf", fd);
  const out = new Uint8Array(1024);
  const lengthOf = (seq: number): number => (seq * 37) % (EMIT_MAX_BYTES + 1);
  const rounds = Math.ceil((8 * size) / 250);
  let written = 0;
  let read = 0;
  while (read < rounds) {
    while (written < rounds && emit(pattern(written, lengthOf(written))) === 0) written++;
    assert.ok(written > read);
    for (let used = 1; used > 0; ) {
      used = addon.ringDrain(ring, out, 5);
      assert.ok(used >= 0);
      for (const { data } of unpack(out, used)) {
        assert.deepEqual(data, pattern(read, lengthOf(read)));
        read++;
      }
    }
  }
  assert.equal(read, written);
  assert.equal(addon.ringAvailable(ring), 0);
});

test("records that a program discarded are consumed and not given", AS_ROOT, (t) => {
  const size = Math.max(4096, PAGE_BYTES);
  const fd = createMap(t, RINGBUF, 0, 0, size);
  const ring = opened(addon.ringOpen(fd, size));
  t.after(() => addon.close(ring));
  const emit = emitter(t, "ringbuf", fd);
  const discard = discarder(t, fd);
  const out = new Uint8Array(4096);
  // Discarded ones take 72 bytes and others 32: the ring turns over several times.
  for (let seq = 0; seq < (4 * size) / 104; seq++) {
    discard();
    assert.equal(emit(pattern(seq, 24)), 0);
    discard();
    assert.equal(addon.ringAvailable(ring), 72 + 32 + 72);
    const used = addon.ringDrain(ring, out, 10);
    assert.deepEqual(unpack(out, used), [{ type: 0, data: pattern(seq, 24) }]);
    assert.equal(addon.ringAvailable(ring), 0);
  }
});

test("a full ring takes records again after a drain", AS_ROOT, (t) => {
  const size = Math.max(4096, PAGE_BYTES);
  const fd = createMap(t, RINGBUF, 0, 0, size);
  const ring = opened(addon.ringOpen(fd, size));
  t.after(() => addon.close(ring));
  const emit = emitter(t, "ringbuf", fd);
  let written = 0;
  while (emit(pattern(written, 120)) === 0) written++;
  assert.notEqual(emit(pattern(0, 120)), 0);
  const out = new Uint8Array(2 * size);
  assert.equal(unpack(out, addon.ringDrain(ring, out, 2 ** 31)).length, written);
  assert.equal(emit(pattern(0, 120)), 0);
});

test("the kernel maps no more than the ring has, and nothing of another kind of map", AS_ROOT, (t) => {
  const size = Math.max(4096, PAGE_BYTES);
  const fd = createMap(t, RINGBUF, 0, 0, size);
  assert.equal(addon.ringOpen(fd, 2 * size), -ERRNO.EINVAL);
  assert.equal(typeof addon.ringOpen(createMap(t, 1, 4, 4, 4), size), "number");
  assert.equal(addon.userRingOpen(fd, size), -ERRNO.EPERM);
});
