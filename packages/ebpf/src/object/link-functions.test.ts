import assert from "node:assert/strict";
import { test } from "node:test";
import { type Instruction, slotsOf } from "../asm/instruction.ts";
import { R0 } from "../asm/register.ts";
import { readFixture } from "../bytes/fixture.test-support.ts";
import { RelocationError } from "../errors.ts";
import { decodeObject } from "./decode-object.ts";
import { linkProgram } from "./link-functions.ts";
import type { CollectionSpec, ProgramSpec } from "./spec.ts";
import { SpecTable } from "./table.ts";

const exit: Instruction = { opcode: 0x95, dst: R0, src: R0, offset: 0, imm: 0 };
const constant: Instruction = { opcode: 0x18, dst: R0, src: R0, offset: 0, imm: 0, imm64: 5n };
const call = (name: string): Instruction => ({
  ...exit,
  opcode: 0x85,
  imm: -1,
  meta: { reference: { kind: "function", name } },
});
const load = (name: string): Instruction => ({
  ...constant,
  imm64: 0n,
  meta: { reference: { kind: "function", name } },
});

const program = (name: string, instructions: Instruction[]): ProgramSpec => ({
  name,
  sectionName: "xdp",
  type: 6,
  attachType: 37,
  attachTo: "",
  flags: 0,
  isOptional: false,
  instructions,
  license: "",
  kernelVersion: 0,
});

const specOf = (functions: Record<string, Instruction[]>): CollectionSpec => ({
  littleEndian: true,
  maps: new SpecTable("map"),
  programs: new SpecTable("program"),
  functions: new SpecTable<readonly Instruction[]>("function", Object.entries(functions)),
  variables: new SpecTable("variable"),
  types: undefined,
});

/** For each function reference of a stream: the slot that it leads to. */
function targets(insns: readonly Instruction[]): number[] {
  let slot = 0;
  return insns.flatMap((insn) => {
    const start = slot;
    slot += slotsOf(insn);
    if (insn.meta?.reference?.kind !== "function") return [];
    return [start + 1 + (insn.imm64 === undefined ? insn.imm : Number(BigInt.asIntN(32, insn.imm64)))];
  });
}

test("a program that calls nothing is left as it is", () => {
  const main = program("main", [constant, exit]);
  assert.deepEqual(linkProgram(specOf({ unused: [exit] }), main), [constant, exit]);
});

test("functions are appended once each, with what they call in turn", () => {
  const spec = specOf({ a: [call("b"), exit], b: [constant, exit], unused: [exit] });
  const linked = linkProgram(spec, program("main", [call("a"), call("b"), call("a"), exit]));
  assert.equal(linked.length, 4 + 2 + 2);
  // main takes slots 0 to 3, a 4 and 5, b 6 to 8.
  assert.deepEqual(targets(linked), [4, 6, 4, 6]);
});

test("distances count a 64-bit immediate as two slots", () => {
  const linked = linkProgram(specOf({ a: [exit] }), program("main", [constant, call("a"), constant, exit]));
  assert.equal(linked[1]?.imm, 3);
  assert.equal(linked[1]?.src, 1);
});

test("a callback is loaded by its distance, backwards too", () => {
  const spec = specOf({ a: [constant, load("a"), exit] });
  const linked = linkProgram(spec, program("main", [load("a"), exit]));
  assert.deepEqual([linked[0]?.src, linked[0]?.imm64], [4, 2n]);
  // Backwards from slot 5 to 3, in 32 bits.
  assert.equal(linked[3]?.imm64, 0xfffffffdn);
  assert.deepEqual(targets(linked), [3, 3]);
});

test("recursion leads to the program's own start and adds nothing", () => {
  const linked = linkProgram(specOf({ a: [call("main"), exit] }), program("main", [call("main"), call("a"), exit]));
  assert.equal(linked.length, 5);
  assert.deepEqual(targets(linked), [0, 3, 0]);
});

test("a missing function is named with the program and those there are", () => {
  assert.throws(
    () => linkProgram(specOf({ a: [exit] }), program("main", [constant, call("b"), exit])),
    (error) =>
      error instanceof RelocationError &&
      error.message === 'program "main", instruction 2: no function "b" in the object' &&
      error.insn === 2 &&
      error.candidates.join() === "a",
  );
});

test("references to maps stay for the loader, and the program's own instructions are not changed", async () => {
  const spec = decodeObject(await readFixture("functions.el.o"));
  const main = spec.programs.require("pass_callback");
  const before = structuredClone(main.instructions.map(({ opcode, src, imm }) => [opcode, src, imm]));
  const linked = linkProgram(spec, main);
  assert.deepEqual(
    linked.flatMap(({ meta }) => (meta?.symbol === undefined ? [] : [meta.symbol])),
    ["pass_callback", "add_step", "add_element", "leaf"],
  );
  assert.ok(linked.some(({ meta }) => meta?.reference?.kind === "map" && meta.reference.map === "totals"));
  assert.deepEqual(
    main.instructions.map(({ opcode, src, imm }) => [opcode, src, imm]),
    before,
  );
});
