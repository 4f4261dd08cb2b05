import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError } from "../errors.ts";
import { ByteReader } from "./reader.ts";

const bytes = Uint8Array.of(0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x88, 0xff);
const little = (): ByteReader => new ByteReader(bytes, { littleEndian: true, format: "test", section: "part" });
const big = (): ByteReader => new ByteReader(bytes, { littleEndian: false, format: "test" });

test("numbers are read in the reader's byte order", () => {
  assert.equal(little().u16("x"), 0x0201);
  assert.equal(big().u16("x"), 0x0102);
  assert.equal(little().u32("x"), 0x04030201);
  assert.equal(big().u32("x"), 0x01020304);
  assert.equal(little().u64("x"), 0x8807060504030201n);
  assert.equal(big().u64("x"), 0x0102030405060788n);
});

test("the halves of a 64-bit number are the same in both byte orders", () => {
  assert.deepEqual(little().u64Halves("x"), { low: 0x04030201, high: 0x88070605 });
  assert.deepEqual(big().u64Halves("x"), { low: 0x05060788, high: 0x01020304 });
});

test("each value starts behind the one before", () => {
  const reader = little();
  assert.deepEqual([reader.u8("a"), reader.u16("b"), reader.u8("c"), reader.offset], [0x01, 0x0302, 0x04, 4]);
  reader.skip(4, "d");
  assert.equal(reader.remaining, 1);
});

test("signed numbers keep their sign", () => {
  const reader = new ByteReader(new Uint8Array(6).fill(0xfe), { littleEndian: true, format: "test" });
  assert.equal(reader.s16("x"), -258);
  assert.equal(reader.s32("y"), -16843010);
});

test("a short read names section, field, end and size, and moves nothing", () => {
  const reader = little();
  reader.seek(6, "x");
  assert.throws(
    () => reader.u32("count"),
    new FormatError('section "part": count ends at byte 10 of 9', { format: "test", section: "part", offset: 6 }),
  );
  assert.equal(reader.offset, 6);
});

test("a place outside of the bytes is refused, their end is not", () => {
  const reader = big();
  reader.seek(9, "end");
  assert.equal(reader.remaining, 0);
  assert.throws(() => reader.seek(10, "table"), /^FormatError: table is at byte 10 of 9$/);
  assert.throws(() => reader.seek(-1, "table"), /table is at byte -1 of 9/);
  assert.throws(() => reader.seek(Number.NaN, "table"), FormatError);
});

test("a 64-bit number that has to be exact is refused from 2^53 on", () => {
  const exact = new ByteReader(Uint8Array.of(0, 0x1f, 255, 255, 255, 255, 255, 255), {
    littleEndian: false,
    format: "test",
  });
  assert.equal(exact.u64AsNumber("size"), Number.MAX_SAFE_INTEGER);
  assert.throws(() => big().u64AsNumber("size"), /size is 72623859790382984, more than 2\^53/);
});

test("a range of bytes is a view of the input", () => {
  const own = Uint8Array.of(1, 2, 3, 4);
  const reader = new ByteReader(own.subarray(1), { littleEndian: true, format: "test" });
  const part = reader.take(2, "part");
  own[1] = 9;
  assert.deepEqual([...part], [9, 3]);
  assert.throws(() => reader.take(-1, "part"), FormatError);
});
