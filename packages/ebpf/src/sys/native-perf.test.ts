import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { DRAIN_NEEDS, type NativeHandle, native } from "./native.ts";
import {
  AS_ROOT,
  createMap,
  EMIT_MAX_BYTES,
  ERRNO,
  emitter,
  memoryFile,
  NR,
  ok,
  opened,
  ownFd,
  PAGE_BYTES,
  pattern,
  struct,
  unpack,
  viewOf,
} from "./native-fixture.test-support.ts";

const addon = native();
const PERF_EVENT_ARRAY = 4;
const LOST = 2;
const SAMPLE = 9;
const HEAD = 1024;
const TAIL = 1032;

/** A buffer of one data page whose memory the test writes: the data's bytes from a position on, wrapping around the end. */
function craftedBuffer(t: TestContext, data: Uint8Array, head: number, tail = 0): NativeHandle {
  const page = new Uint8Array(PAGE_BYTES);
  data.forEach((byte, i) => {
    page[(tail + i) & (PAGE_BYTES - 1)] = byte;
  });
  const positions: [number, Uint8Array][] = [
    [HEAD, struct(8, [0, 8, head])],
    [TAIL, struct(8, [0, 8, tail])],
  ];
  const perf = opened(addon.perfOpen(memoryFile(t, 2 * PAGE_BYTES, ...positions, [PAGE_BYTES, page]), 1));
  t.after(() => addon.close(perf));
  return perf;
}

/** A record as the kernel lays it out. */
function record(type: number, size: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(8 + body.length);
  bytes.set(struct(8, [0, 4, type], [6, 2, size]));
  bytes.set(body, 8);
  return bytes;
}

/** A sample of raw data; with its length of 4 bytes it fills whole words, so lengths are 4 more than a multiple of 8. */
function sample(data: Uint8Array): Uint8Array {
  return record(SAMPLE, 12 + data.length, Uint8Array.of(...struct(4, [0, 4, data.length]), ...data));
}

function concat(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

test("samples, losses and other records come packed, in order", (t) => {
  const data = concat(
    sample(pattern(0, 4)),
    record(LOST, 24, struct(16, [0, 8, 7], [8, 8, 1234])),
    sample(pattern(1, 28)),
    record(14, 24, pattern(2, 16)),
    record(5, 8, new Uint8Array(0)),
  );
  const perf = craftedBuffer(t, data, data.length);
  const out = new Uint8Array(4096).fill(0xee);
  const used = addon.perfDrain(perf, out, 100);
  assert.deepEqual(unpack(out, used), [
    { type: SAMPLE, data: pattern(0, 4) },
    { type: LOST, data: struct(8, [0, 8, 1234]) },
    { type: SAMPLE, data: pattern(1, 28) },
    { type: 14, data: pattern(2, 16) },
    { type: 5, data: new Uint8Array(0) },
  ]);
  assert.equal(out[used], 0xee);
  assert.equal(addon.perfDrain(perf, out, 100), 0);
});

test("a record wraps around the end at every word", (t) => {
  const data = concat(sample(pattern(0, 36)), sample(pattern(1, 4)));
  for (let before = 8; before < data.length; before += 8) {
    const tail = 3 * PAGE_BYTES - before;
    const perf = craftedBuffer(t, data, tail + data.length, tail);
    const out = new Uint8Array(256);
    const used = addon.perfDrain(perf, out, 100);
    assert.deepEqual(unpack(out, used), [
      { type: SAMPLE, data: pattern(0, 36) },
      { type: SAMPLE, data: pattern(1, 4) },
    ]);
  }
});

test("an output too small for the next record is told the size that it needs", (t) => {
  const data = concat(sample(pattern(0, 100)), sample(pattern(1, 4)));
  const perf = craftedBuffer(t, data, data.length);
  for (const size of [0, 104, 111]) {
    assert.equal(addon.perfDrain(perf, new Uint8Array(size), 100), -(112 + DRAIN_NEEDS));
  }
  const out = new Uint8Array(112);
  assert.equal(addon.perfDrain(perf, out, 100), 112);
  assert.equal(addon.perfDrain(perf, out, 100), 16);
  assert.deepEqual(unpack(out, 16), [{ type: SAMPLE, data: pattern(1, 4) }]);
});

test("a drain gives no more records than asked for", (t) => {
  const data = concat(...Array.from({ length: 5 }, (_, seq) => sample(pattern(seq, 12))));
  const perf = craftedBuffer(t, data, data.length);
  const out = new Uint8Array(4096);
  assert.equal(addon.perfDrain(perf, out, 2), 48);
  assert.equal(addon.perfDrain(perf, out, 100), 72);
});

test("sizes and positions that can't be a buffer's give EIO, never a read outside", (t) => {
  const out = new Uint8Array(2 ** 17);
  const cases: [what: string, data: Uint8Array, head: number, tail: number][] = [
    ["size zero", record(SAMPLE, 0, new Uint8Array(24)), 32, 0],
    ["size below a header", record(SAMPLE, 7, new Uint8Array(24)), 32, 0],
    ["size unaligned", record(SAMPLE, 20, new Uint8Array(24)), 32, 0],
    ["size beyond the head", record(5, 40, new Uint8Array(24)), 32, 0],
    ["size beyond the buffer", record(5, 65528, new Uint8Array(24)), PAGE_BYTES, 0],
    ["a sample without a length", record(SAMPLE, 8, new Uint8Array(0)), 8, 0],
    ["raw data beyond its record", record(SAMPLE, 16, struct(8, [0, 4, 5])), 16, 0],
    ["raw data of 4 GB", record(SAMPLE, 16, struct(8, [0, 4, 0xffffffff])), 16, 0],
    ["a loss without a count", record(LOST, 16, struct(8, [0, 8, 1])), 16, 0],
    ["head a buffer ahead", sample(pattern(0, 4)), PAGE_BYTES + 8, 0],
    ["head behind", sample(pattern(0, 4)), 0, 16],
    ["head unaligned", sample(pattern(0, 4)), 15, 0],
    ["tail unaligned", sample(pattern(0, 4)), 16, 4],
  ];
  for (const [what, data, head, tail] of cases) {
    const perf = craftedBuffer(t, data, head, tail);
    assert.equal(addon.perfDrain(perf, out, 100), -ERRNO.EIO, what);
  }
});

test("a closed buffer gives EBADF, and page counts that are no power of two EINVAL", (t) => {
  const perf = craftedBuffer(t, sample(pattern(0, 4)), 16);
  assert.equal(addon.close(perf), 0);
  assert.equal(addon.perfDrain(perf, new Uint8Array(64), 1), -ERRNO.EBADF);
  const file = memoryFile(t, 4 * PAGE_BYTES);
  for (const pages of [0, 3, 2 ** 33, Number.MAX_SAFE_INTEGER]) {
    assert.equal(addon.perfOpen(file, pages), -ERRNO.EINVAL);
  }
  assert.equal(addon.perfOpen(-1, 1), -ERRNO.EBADF);
});

/** Opens a perf event for the output of programs on CPU 0, where this thread is bound to run, and its buffer. */
function openOutput(
  t: TestContext,
  pages: number,
): { perf: NativeHandle; emit: (data: Uint8Array) => number; fd: number } {
  const everywhere = new Uint8Array(128).fill(0xff);
  ok(addon.syscall(NR.sched_setaffinity, 0, 8, Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0)));
  t.after(() => addon.syscall(NR.sched_setaffinity, 0, everywhere.length, everywhere));
  const PERF_TYPE_SOFTWARE = 1;
  const PERF_COUNT_SW_BPF_OUTPUT = 10;
  const PERF_SAMPLE_RAW = 1 << 10;
  const attr = struct(
    112,
    [0, 4, PERF_TYPE_SOFTWARE],
    [4, 4, 112],
    [8, 8, PERF_COUNT_SW_BPF_OUTPUT],
    [16, 8, 1],
    [24, 8, PERF_SAMPLE_RAW],
    [48, 4, 1],
  );
  const fd = ownFd(t, addon.syscall(NR.perf_event_open, attr, -1, 0, -1, 8));
  const map = createMap(t, PERF_EVENT_ARRAY, 4, 4, 1);
  ok(addon.mapElem(2, map, new Uint8Array(4), struct(4, [0, 4, fd]), 0));
  const perf = opened(addon.perfOpen(fd, pages));
  t.after(() => addon.close(perf));
  return { perf, emit: emitter(t, "perf", map), fd };
}

test("the kernel's samples arrive whole and in order over many rounds of a small buffer", AS_ROOT, (t) => {
  const { perf, emit } = openOutput(t, 1);
  const out = new Uint8Array(1024);
  const lengthOf = (seq: number): number => 1 + ((seq * 37) % EMIT_MAX_BYTES);
  const samples = Math.ceil((8 * PAGE_BYTES) / 250);
  let written = 0;
  let read = 0;
  while (read < samples) {
    // Fewer than the buffer holds, so that none is lost.
    for (let bytes = 0; bytes + 536 < PAGE_BYTES && written < samples; written++) {
      assert.equal(emit(pattern(written, lengthOf(written))), 0);
      bytes += lengthOf(written) + 24;
    }
    for (let used = 1; used > 0; ) {
      used = addon.perfDrain(perf, out, 3);
      assert.ok(used >= 0, `errno ${-used}`);
      for (const { type, data } of unpack(out, used)) {
        assert.equal(type, SAMPLE);
        // The kernel's length has the padding in it.
        assert.equal(data.length, ((lengthOf(read) + 4 + 7) & ~7) - 4);
        assert.deepEqual(data.slice(0, lengthOf(read)), pattern(read, lengthOf(read)));
        read++;
      }
    }
  }
  assert.equal(read, written);
});

test("what the kernel could not write is counted by a loss record", AS_ROOT, (t) => {
  const { perf, emit } = openOutput(t, 1);
  let taken = 0;
  let refused = 0;
  for (let seq = 0; seq < (2 * PAGE_BYTES) / 112; seq++) {
    if (emit(pattern(seq, 100)) === 0) taken++;
    else refused++;
  }
  assert.ok(refused > 0);
  const out = new Uint8Array(4 * PAGE_BYTES);
  assert.equal(unpack(out, addon.perfDrain(perf, out, 2 ** 31)).filter(({ type }) => type === SAMPLE).length, taken);
  // The kernel writes it before the next record that has room.
  assert.equal(emit(pattern(0, 4)), 0);
  const records = unpack(out, addon.perfDrain(perf, out, 2 ** 31));
  assert.deepEqual(
    records.map(({ type }) => type),
    [LOST, SAMPLE],
  );
  assert.deepEqual(records[0]?.data, struct(8, [0, 8, refused]));
});

test("a request of ioctl with the top bit of 32 reaches the kernel as it is", AS_ROOT, (t) => {
  const { fd } = openOutput(t, 1);
  const PERF_EVENT_IOC_ID = 0x80082407;
  const id = new Uint8Array(8);
  assert.equal(addon.syscall(NR.ioctl, fd, PERF_EVENT_IOC_ID, id), 0);
  assert.notEqual(viewOf(id).getBigUint64(0, true), 0n);
});
