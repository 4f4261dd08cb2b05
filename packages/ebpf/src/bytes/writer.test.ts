import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteWriter } from "./writer.ts";

test("numbers are written in the writer's byte order", () => {
  assert.deepEqual([...new ByteWriter(true).u8(1).u16(0x0203).u32(0x04050607).finish()], [1, 3, 2, 7, 6, 5, 4]);
  assert.deepEqual([...new ByteWriter(false).u8(1).u16(0x0203).u32(0x04050607).finish()], [1, 2, 3, 4, 5, 6, 7]);
  assert.deepEqual([...new ByteWriter(false).u64(0x0102030405060708n).finish()], [1, 2, 3, 4, 5, 6, 7, 8]);
});

test("negative numbers are written as two's complement", () => {
  assert.deepEqual([...new ByteWriter(true).u16(-2).u32(-1).finish()], [0xfe, 255, 255, 255, 255, 255]);
  assert.deepEqual([...new ByteWriter(true).u64(-1n).finish()], [255, 255, 255, 255, 255, 255, 255, 255]);
});

test("the buffer grows beyond its first capacity", () => {
  const writer = new ByteWriter(true, 1);
  for (let value = 0; value < 100; value++) writer.u32(value);
  writer.put(new Uint8Array(1000).fill(7));
  assert.equal(writer.length, 1400);
  const bytes = writer.finish();
  assert.equal(bytes[4 * 99], 99);
  assert.equal(bytes[1399], 7);
});

test("alignment fills with zeros, and only where needed", () => {
  const writer = new ByteWriter(true).u8(1).align(4);
  assert.deepEqual([...writer.align(4).finish()], [1, 0, 0, 0]);
});

test("what was finished doesn't change when more is written", () => {
  const writer = new ByteWriter(true).u8(1);
  const first = writer.finish();
  writer.u8(2);
  assert.deepEqual([...first], [1]);
});
