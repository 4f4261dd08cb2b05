import assert from "node:assert/strict";
import { test } from "node:test";
import { slotsOf } from "./instruction.ts";
import { classOf, InsnClass } from "./opcode.ts";
import { R0, toRegister } from "./register.ts";

test("registers of the machine and virtual ones are numbers, and what is between them is refused", () => {
  assert.equal(toRegister(10), 10);
  assert.equal(toRegister(16), 16);
  for (const number of [-1, 11, 15, 0.5, Number.NaN]) {
    assert.throws(
      () => toRegister(number),
      new RangeError(`register ${number}: wanted 0 to 10, or 16 and above for a virtual one`),
    );
  }
});

test("only the load of a 64-bit immediate takes two slots", () => {
  const insn = { dst: R0, src: R0, offset: 0, imm: 0 };
  assert.equal(slotsOf({ ...insn, opcode: 0x18 }), 2);
  assert.equal(slotsOf({ ...insn, opcode: 0x79 }), 1);
});

test("the lowest three bits of an opcode are its class", () => {
  assert.equal(classOf(0x95), InsnClass.Jmp);
  assert.equal(classOf(0x18), InsnClass.Ld);
  assert.equal(classOf(0xbf), InsnClass.Alu64);
});
