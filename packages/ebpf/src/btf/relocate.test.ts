import assert from "node:assert/strict";
import { test } from "node:test";
import type { CoreRelocation, Instruction } from "../asm/instruction.ts";
import { R0, R1, R2 } from "../asm/register.ts";
import { RelocationError } from "../errors.ts";
import { type BuildOptions, buildBtf, int, pointer, struct, type TypeInput } from "./build.test-support.ts";
import { decodeBtf } from "./decode.ts";
import { CoreKind, describeRelocation, relocateInstructions } from "./relocate.ts";
import type { BtfSpec } from "./spec.ts";

const specOf = (types: readonly TypeInput[], options?: BuildOptions): BtfSpec => decodeBtf(buildBtf(types, options));
const POISON = 0xbad2310;

// struct task { int pid; int tgid; struct task *parent; unsigned flags }
const local = specOf([
  int("int"),
  struct("task", 32, ["pid", 1, 0], ["tgid", 1, 32], ["parent", 3, 64], ["flags", 4, 128], ["small", 1, 160, 3]),
  pointer(2),
  int("unsigned int", 4, false),
  struct("", 4, ["pid", 1, 0]),
  {
    kind: "enum",
    name: "state",
    sizeBytes: 4,
    isSigned: true,
    values: [
      { name: "BUSY", value: 2n },
      { name: "LOST", value: -1n },
    ],
  },
]);

function relocation(coreKind: number, typeId: number, ...accessor: number[]): CoreRelocation {
  return { coreKind, typeId, accessor };
}

/** `r1 = *(u32 *)(r2 + offset)`, or of another width. */
function load(offset: number, core: CoreRelocation, opcode = 0x61): Instruction {
  return { opcode, dst: R1, src: R2, offset, imm: 0, meta: { core } };
}

/** `r1 = imm`. */
function move(imm: number, core: CoreRelocation, opcode = 0xb7): Instruction {
  return { opcode, dst: R1, src: R0, offset: 0, imm, meta: { core } };
}

function relocate(insns: readonly Instruction[], ...targets: BtfSpec[]): Instruction[] {
  return relocateInstructions(insns, { program: "p", local, targets });
}

function refusal(insns: readonly Instruction[], ...targets: BtfSpec[]): RelocationError {
  try {
    relocate(insns, ...targets);
  } catch (error) {
    assert.ok(error instanceof RelocationError, String(error));
    return error;
  }
  throw new Error("nothing thrown");
}

const tgid = relocation(CoreKind.FieldByteOffset, 2, 0, 1);
const moved = specOf([int("int"), struct("task", 16, ["tgid", 1, 64])]);

test("a load's offset becomes the target's, and the rest stays", () => {
  const other: Instruction = { opcode: 0x95, dst: R0, src: R0, offset: 0, imm: 0 };
  const insn = load(4, tgid);
  const insns = relocate([insn, other], moved);
  assert.deepEqual(insns, [{ ...insn, offset: 8 }, other]);
  assert.equal(insns[1], other);
});

test("the target's byte order doesn't matter for an offset", () => {
  const big = specOf([int("int"), struct("task", 16, ["tgid", 1, 64])], { littleEndian: false });
  assert.equal(relocate([load(4, tgid)], big)[0]?.offset, 8);
});

test("a field that isn't there poisons the instruction and makes exists 0", () => {
  const insns = relocate(
    [load(0, relocation(CoreKind.FieldByteOffset, 2, 0, 0)), move(1, relocation(CoreKind.FieldExists, 2, 0, 0))],
    moved,
  );
  assert.deepEqual(
    insns.map(({ opcode, imm }) => [opcode, imm]),
    [
      [0x85, POISON],
      [0xb7, 0],
    ],
  );
});

test("a type that isn't there poisons, a poisoned ld_imm64 keeps its two slots", () => {
  const enumerator = relocation(CoreKind.EnumeratorValue, 6, 0);
  const insn: Instruction = {
    opcode: 0x18,
    dst: R1,
    src: R0,
    offset: 0,
    imm: 0,
    imm64: 2n,
    meta: { core: enumerator },
  };
  const insns = relocate([insn, load(4, tgid)], specOf([]));
  assert.deepEqual(
    insns.map(({ opcode, imm }) => [opcode, imm]),
    [
      [0x85, POISON],
      [0x85, POISON],
      [0x85, POISON],
    ],
  );
});

test("the width of a load follows an unsigned field and a pointer", () => {
  const target = specOf([int("unsigned long", 8, false), struct("task", 24, ["flags", 1, 64])]);
  const [wider] = relocate([load(16, relocation(CoreKind.FieldByteOffset, 2, 0, 3))], target);
  assert.deepEqual([wider?.opcode, wider?.offset], [0x79, 8]);
});

test("a signed field of another width poisons a load, but not an address", () => {
  const target = specOf([int("long", 8), struct("task", 24, ["tgid", 1, 64])]);
  const [byLoad, byAddress] = relocate([load(4, tgid), move(4, tgid, 0x07)], target);
  assert.equal(byLoad?.imm, POISON);
  assert.deepEqual([byAddress?.opcode, byAddress?.imm], [0x07, 8]);
});

test("an enumerator's value keeps the sign that the object gives it", () => {
  // A kernel before 6.0: the record doesn't say that it is signed.
  const values = [
    { name: "BUSY", value: 5n },
    { name: "LOST___x", value: 0xfffffff0n },
  ];
  const target = specOf([{ kind: "enum", name: "state", sizeBytes: 4, isSigned: false, values }]);
  const busy = move(2, relocation(CoreKind.EnumeratorValue, 6, 0));
  const lost = move(-1, relocation(CoreKind.EnumeratorValue, 6, 1));
  assert.deepEqual(
    relocate([busy, lost], target).map(({ imm }) => imm),
    [5, -16],
  );
});

test("an instruction that doesn't hold the local value is refused", () => {
  const error = refusal([load(8, tgid)], moved);
  assert.equal(
    error.message,
    'program "p", instruction 0: byte_off task.tgid: offset is 8, wanted 4 as in the object\'s types',
  );
  assert.deepEqual([error.program, error.insn, error.relocation], ["p", 0, "byte_off task.tgid"]);
});

test("an instruction without a place for the value is refused", () => {
  const jump: Instruction = { opcode: 0x05, dst: R0, src: R0, offset: 4, imm: 0, meta: { core: tgid } };
  assert.match(refusal([jump], moved).message, /opcode 0x5 has no place for a relocated value$/);
  const register = { ...move(4, tgid), opcode: 0x0f };
  assert.match(refusal([register], moved).message, /opcode 0xf takes a register, wanted an immediate$/);
});

test("an offset over 32767 is refused in a load", () => {
  const target = specOf([int("int"), struct("task", 40000, ["tgid", 1, 36000 * 8])]);
  assert.match(refusal([load(4, tgid)], target).message, /offset 36000 is over 32767/);
});

test("candidates that disagree are refused and listed", () => {
  const target = specOf([int("int"), struct("task", 16, ["tgid", 1, 64]), struct("task___b", 16, ["tgid", 1, 96])]);
  const error = refusal([load(4, tgid)], target);
  assert.equal(
    error.message,
    'program "p", instruction 0: byte_off task.tgid is ambiguous, wanted one answer of ' +
      "[2] struct task: 8, bit 64; [3] struct task___b: 12, bit 96",
  );
  assert.equal(error.candidates.length, 2);
});

test("candidates that agree count as one", () => {
  const target = specOf([int("int"), struct("task", 16, ["tgid", 1, 64]), struct("task___b", 20, ["tgid", 1, 64])]);
  assert.equal(relocate([load(4, tgid)], target)[0]?.offset, 8);
});

test("the candidate that has most of the fields wins, in whatever order they are asked for", () => {
  const target = specOf([
    int("int"),
    struct("task", 16, ["tgid", 1, 64]),
    struct("task", 16, ["tgid", 1, 96], ["pid", 1, 64]),
  ]);
  const insns = [load(4, tgid), load(0, relocation(CoreKind.FieldByteOffset, 2, 0, 0))];
  assert.deepEqual(
    relocate(insns, target).map(({ offset }) => offset),
    [12, 8],
  );
  assert.deepEqual(
    relocate(insns.toReversed(), target).map(({ offset }) => offset),
    [8, 12],
  );
});

test("a later target is looked at when those before have no such type", () => {
  const empty = specOf([int("int")]);
  const module = decodeBtf(buildBtf([struct("task", 16, ["tgid", 1, 96])], { baseStringBytes: empty.strings.end }), {
    base: empty,
  });
  assert.equal(relocate([load(4, tgid)], empty, module)[0]?.offset, 12);
  assert.equal(relocate([load(4, tgid)], module)[0]?.offset, 12);
  assert.equal(relocate([load(4, tgid)], moved, module)[0]?.offset, 8);
  // Modules number their types alike, so that an id alone would be another type's.
  assert.equal(relocate([move(2, relocation(CoreKind.TypeIdTarget, 2, 0))], module)[0]?.imm, POISON);
});

test("a field of a type of another kind is not that field", () => {
  const target = specOf([int("int"), struct("task", 24, ["tgid", 3, 64]), pointer(1)]);
  assert.equal(relocate([load(4, tgid)], target)[0]?.imm, POISON);
});

test("a type without a name can't be looked for", () => {
  const error = refusal([load(0, relocation(CoreKind.FieldByteOffset, 5, 0, 0))], moved);
  assert.match(
    error.message,
    /byte_off type 5.pid: a struct without a name can't be found in another machine's types$/,
  );
});

test("accesses that lead nowhere in the object are refused", () => {
  const messages = [
    relocation(CoreKind.FieldByteOffset, 2, 0, 9),
    relocation(CoreKind.FieldByteOffset, 2, 0, 0, 0),
    relocation(CoreKind.EnumeratorValue, 6, 5),
    relocation(CoreKind.TypeSize, 2, 1),
    relocation(CoreKind.FieldByteOffset, 99, 0),
    relocation(13, 2, 0),
  ].map((core) => refusal([load(0, core)], moved).message);
  assert.deepEqual(messages, [
    'program "p", instruction 0: byte_off task.<9>: member 9 of struct "task", which has 5',
    'program "p", instruction 0: byte_off task.pid.<0>: step 0 into a int, wanted a struct, union or array',
    'program "p", instruction 0: enumval_value state::5: access 5 of a enum, wanted one enumerator',
    'program "p", instruction 0: type_size task: access 1 of a whole type, wanted 0',
    'program "p", instruction 0: byte_off type 99 at 0: type id 99, wanted 0 to 6',
    'program "p", instruction 0: kind 13 task at 0: relocation kind 13, wanted 0 to 12',
  ]);
});

test("relocations are told in words", () => {
  const types = specOf([
    int("int"),
    { kind: "array", name: "", typeId: 3, indexTypeId: 1, count: 4 },
    struct("inner", 8, ["x", 1, 0]),
    struct("outer", 40, ["", 5, 0]),
    { kind: "union", name: "", sizeBytes: 32, members: [{ name: "parts", typeId: 2, offsetBits: 0, bitfieldBits: 0 }] },
  ]);
  assert.equal(
    describeRelocation(types, relocation(CoreKind.FieldByteOffset, 4, 0, 0, 0, 2, 0)),
    "byte_off outer.parts[2].x",
  );
  assert.equal(describeRelocation(types, relocation(CoreKind.FieldExists, 4, 3, 0)), "field_exists outer[3]");
  assert.equal(describeRelocation(types, relocation(CoreKind.TypeMatches, 3, 0)), "type_matches inner");
});

test("types that refer to each other without end are refused, not followed", () => {
  // struct a0 { struct a1 x; struct a1 y; }, and so on: a comparison in both ways at each level
  const levels = 60;
  const deep = Array.from({ length: levels }, (_, index) => {
    const inner = Math.min(index + 2, levels);
    return struct(`a${index}`, 8, ["x", inner, 0], ["y", inner, 0], ["x", inner, 0]);
  });
  const spec = specOf(deep);
  const insn = move(1, relocation(CoreKind.TypeMatches, 1, 0));
  assert.throws(
    () => relocateInstructions([insn], { program: "p", local: spec, targets: [spec] }),
    (error: unknown) => error instanceof RelocationError && /more than/.test(error.message),
  );
});
