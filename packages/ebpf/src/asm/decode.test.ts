import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError } from "../errors.ts";
import { decodeInstructions } from "./decode.ts";
import { R0, R1, R2, R6, R10 } from "./register.ts";

const hex = (text: string): Uint8Array => Uint8Array.from(text.split(" "), (byte) => Number.parseInt(byte, 16));

test("fields are read in the order of the object's bytes", () => {
  const insn = { opcode: 0x63, dst: R10, src: R1, offset: -4, imm: 0x01020304 };
  assert.deepEqual(decodeInstructions(hex("63 1a fc ff 04 03 02 01"), true), [insn]);
  assert.deepEqual(decodeInstructions(hex("63 a1 ff fc 01 02 03 04"), false), [insn]);
});

test("a 64-bit immediate takes two slots", () => {
  const insn = { opcode: 0x18, dst: R1, src: R0, offset: 0, imm: 0, imm64: 0x90abcdef12345678n };
  assert.deepEqual(decodeInstructions(hex("18 01 00 00 78 56 34 12 00 00 00 00 ef cd ab 90"), true), [insn]);
  assert.deepEqual(decodeInstructions(hex("18 10 00 00 12 34 56 78 00 00 00 00 90 ab cd ef"), false), [insn]);
});

test("immediates of 32 bits are signed, of 64 bits unsigned", () => {
  const [add, load] = decodeInstructions(
    hex("07 06 00 00 ff ff ff ff 18 02 00 00 ff ff ff ff 00 00 00 00 ff ff ff ff"),
    true,
  );
  assert.deepEqual(add, { opcode: 0x07, dst: R6, src: R0, offset: 0, imm: -1 });
  assert.deepEqual(load, { opcode: 0x18, dst: R2, src: R0, offset: 0, imm: 0, imm64: 0xffffffffffffffffn });
});

test("no bytes are no instructions", () => {
  assert.deepEqual(decodeInstructions(new Uint8Array(), true), []);
});

test("bytes that end within an instruction are refused", () => {
  assert.throws(
    () => decodeInstructions(hex("95 00 00 00 00 00 00"), true),
    /7 bytes of instructions are no multiple of 8/,
  );
  assert.throws(
    () => decodeInstructions(hex("95 00 00 00 00 00 00 00 18 01 00 00 00 00 00 00"), true),
    (error) => error instanceof FormatError && /ld_imm64 at byte 8 has no second slot/.test(error.message),
  );
});

test("registers above 10 are refused", () => {
  assert.throws(
    () => decodeInstructions(hex("bf 1b 00 00 00 00 00 00"), true),
    /register 11 at byte 0, wanted 0 to 10/,
  );
  assert.throws(() => decodeInstructions(hex("bf f1 00 00 00 00 00 00"), true), /register 15 at byte 0/);
});

test("a second slot with more than an immediate is refused: it would get lost", () => {
  for (const second of ["95 00 00 00 00 00 00 00", "00 10 00 00 00 00 00 00", "00 00 01 00 00 00 00 00"]) {
    assert.throws(
      () => decodeInstructions(hex(`18 01 00 00 00 00 00 00 ${second}`), true),
      /second slot of ld_imm64 at byte 8/,
    );
  }
});
