import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeInstructions } from "./encode.ts";
import type { Instruction } from "./instruction.ts";
import { R0, R1, R2, R10, toRegister } from "./register.ts";

const exit: Instruction = { opcode: 0x95, dst: R0, src: R0, offset: 0, imm: 0 };
const load: Instruction = { opcode: 0x18, dst: R1, src: R2, offset: 0, imm: 0, imm64: 0x90abcdef12345678n };
const store: Instruction = { opcode: 0x63, dst: R10, src: R1, offset: -4, imm: -2 };
const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");

test("fields are written in the byte order asked for, registers too", () => {
  assert.equal(hex(encodeInstructions([store], true).bytes), "63 1a fc ff fe ff ff ff");
  assert.equal(hex(encodeInstructions([store], false).bytes), "63 a1 ff fc ff ff ff fe");
});

test("a 64-bit immediate takes two slots", () => {
  assert.equal(hex(encodeInstructions([load], true).bytes), "18 21 00 00 78 56 34 12 00 00 00 00 ef cd ab 90");
  assert.equal(hex(encodeInstructions([load], false).bytes), "18 12 00 00 12 34 56 78 00 00 00 00 90 ab cd ef");
});

test("each instruction's first byte is told, since records of it are keyed so", () => {
  assert.deepEqual([...encodeInstructions([exit, load, exit, load, exit], true).offsets], [0, 8, 24, 32, 48]);
});

test("virtual registers are refused by name", () => {
  const virtual = { ...exit, dst: toRegister(18) };
  assert.throws(
    () => encodeInstructions([exit, virtual], true),
    new RangeError("instruction 1: dst is the virtual register v18; allocate it first"),
  );
});

test("fields that don't fit are refused with their range", () => {
  const refused = (change: Partial<Instruction>, message: string): void => {
    assert.throws(
      () => encodeInstructions([{ ...exit, ...change }], true),
      new RangeError(`instruction 0: ${message}`),
    );
  };
  refused({ opcode: 256 }, "opcode is 256, wanted 0 to 255");
  refused({ offset: 32768 }, "offset is 32768, wanted -32768 to 32767");
  refused({ imm: 2 ** 31 }, "imm is 2147483648, wanted -2147483648 to 2147483647");
  refused({ imm: 0.5 }, "imm is 0.5, wanted -2147483648 to 2147483647");
  refused({ imm64: 1n }, "only ld_imm64 has an imm64");
  refused({ opcode: 0x18 }, "ld_imm64 has no imm64");
  refused({ opcode: 0x18, imm64: -1n }, "imm64 is -1, wanted 0 to 2^64 - 1");
  refused({ opcode: 0x18, imm64: 1n << 64n }, "imm64 is 18446744073709551616, wanted 0 to 2^64 - 1");
  refused({ opcode: 0x18, imm64: 1n, imm: 1 }, "imm of ld_imm64 is 1, wanted 0");
});
