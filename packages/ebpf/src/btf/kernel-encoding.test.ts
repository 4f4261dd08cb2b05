import assert from "node:assert/strict";
import { test } from "node:test";
import { buildBtf, int, pointer, struct, type TypeInput } from "./build.test-support.ts";
import { decodeBtf } from "./decode.ts";
import { type EncodeForKernelOptions, encodeForKernel, type KernelBtfSupport } from "./kernel-encoding.ts";
import type { BtfSpec } from "./spec.ts";

const everything: KernelBtfSupport = {
  funcs: true,
  dataSections: true,
  globalFuncs: true,
  float: true,
  declTag: true,
  typeTag: true,
  enum64: true,
};

function encode(
  types: readonly TypeInput[],
  lacks: Partial<KernelBtfSupport>,
  sections?: EncodeForKernelOptions["sections"],
): BtfSpec {
  return decodeBtf(encodeForKernel(decodeBtf(buildBtf(types)), { supports: { ...everything, ...lacks }, sections }));
}

const all = (spec: BtfSpec): unknown[] =>
  Array.from({ length: spec.typeCount - 1 }, (_, index) => spec.typeById(index + 1));
const variable = (name: string, linkage: 0 | 1 | 2 = 1): TypeInput => ({ kind: "variable", name, typeId: 1, linkage });
const section = (name: string, ...variables: [typeId: number, offset: number][]): TypeInput => ({
  kind: "data-section",
  name,
  sizeBytes: 0,
  variables: variables.map(([typeId, offset]) => ({ typeId, offset, sizeBytes: 4 })),
});
const prototype: TypeInput = {
  kind: "function-prototype",
  name: "",
  returnTypeId: 1,
  parameters: [{ name: "", typeId: 1 }],
};

test("a kernel that knows all gets the types as they are", () => {
  const types = [int("int"), struct("s", 4, ["m", 1, 0]), pointer(2), variable("v")];
  assert.deepEqual(all(encode(types, {})), all(decodeBtf(buildBtf(types))));
});

test("data sections get their sizes, and their variables' places in order", () => {
  const types = [
    int("int"),
    variable("late"),
    variable("early"),
    variable("hidden", 0),
    section(".data", [2, 0], [3, 0], [4, 4]),
  ];
  const layout = {
    sizeBytes: 12,
    offsets: new Map([
      ["late", 8],
      ["early", 0],
    ]),
  };
  const spec = encode(types, {}, new Map([[".data", layout]]));
  assert.deepEqual(spec.typeById(5), {
    kind: "data-section",
    id: 5,
    name: ".data",
    sizeBytes: 12,
    variables: [
      { typeId: 3, offset: 0, sizeBytes: 4 },
      { typeId: 4, offset: 4, sizeBytes: 4 },
      { typeId: 2, offset: 8, sizeBytes: 4 },
    ],
  });
});

test("externs become variables that have a place", () => {
  const types = [
    int("int"),
    { ...variable("CONFIG_HZ", 2) },
    { kind: "variable", name: "CONFIG_X", typeId: 4, linkage: 2 },
    int("long", 8),
    section(".kconfig", [2, 0], [3, 0]),
  ] satisfies TypeInput[];
  const spec = encode(types, {});
  assert.deepEqual(spec.typeById(5), {
    kind: "data-section",
    id: 5,
    name: ".kconfig",
    sizeBytes: 16,
    variables: [
      { typeId: 2, offset: 0, sizeBytes: 4 },
      { typeId: 3, offset: 8, sizeBytes: 8 },
    ],
  });
  assert.deepEqual(spec.typeById(2), { kind: "variable", id: 2, name: "CONFIG_HZ", typeId: 1, linkage: 1 });
});

test("kernel symbols become integers, and their functions get names for parameters", () => {
  const types: TypeInput[] = [
    int("long", 8),
    prototype,
    { kind: "function", name: "bpf_task_acquire", typeId: 2, linkage: 2 },
    variable("runqueues", 2),
    section(".ksyms", [3, 0], [4, 0]),
  ];
  const spec = encode(types, {});
  const added = { int: 6, dummy: 7 };
  assert.deepEqual(spec.typeById(5), {
    kind: "data-section",
    id: 5,
    name: ".ksyms",
    sizeBytes: 8,
    variables: [
      { typeId: added.dummy, offset: 0, sizeBytes: 4 },
      { typeId: 4, offset: 4, sizeBytes: 4 },
    ],
  });
  assert.deepEqual(spec.typeById(2), { ...prototype, id: 2, parameters: [{ name: "arg", typeId: 1 }] });
  assert.deepEqual(spec.typeById(3), { kind: "function", id: 3, name: "bpf_task_acquire", typeId: 2, linkage: 0 });
  assert.deepEqual(spec.typeById(4), { kind: "variable", id: 4, name: "runqueues", typeId: added.int, linkage: 1 });
  assert.deepEqual(spec.typeById(added.int), { ...int("int"), id: added.int, isSigned: false });
  assert.deepEqual(spec.typeById(added.dummy), {
    kind: "variable",
    id: added.dummy,
    name: "dummy_ksym",
    typeId: added.int,
    linkage: 1,
  });
});

test("what a kernel lacks becomes something of the same size and id", () => {
  const types: TypeInput[] = [
    int("int"),
    { kind: "float", name: "double", sizeBytes: 8 },
    { kind: "declaration-tag", name: "tag", typeId: 1, component: -1 },
    { kind: "type-tag", name: "user", typeId: 1 },
    { kind: "enum", name: "wide", sizeBytes: 8, isSigned: true, values: [{ name: "ONE", value: -1n }] },
    { kind: "enum", name: "narrow", sizeBytes: 4, isSigned: true, values: [{ name: "TWO", value: 2n }] },
    { kind: "function", name: "f", typeId: 8, linkage: 1 },
    prototype,
  ];
  const spec = encode(types, { float: false, declTag: false, typeTag: false, enum64: false, globalFuncs: false });
  const byte = { kind: "int", sizeBytes: 1, bits: 8, offsetBits: 0, isSigned: false, isChar: false, isBool: false };
  assert.deepEqual(all(spec).slice(1), [
    { kind: "struct", id: 2, name: "", sizeBytes: 8, members: [] },
    { ...byte, id: 3, name: "tag" },
    { kind: "const", id: 4, name: "", typeId: 1 },
    {
      kind: "union",
      id: 5,
      name: "wide",
      sizeBytes: 8,
      members: [{ name: "ONE", typeId: 9, offsetBits: 0, bitfieldBits: 0 }],
    },
    { kind: "enum", id: 6, name: "narrow", sizeBytes: 4, isSigned: false, values: [{ name: "TWO", value: 2n }] },
    { kind: "function", id: 7, name: "f", typeId: 8, linkage: 0 },
    { ...prototype, id: 8 },
    { ...byte, id: 9, name: "enum64_placeholder" },
  ]);
});

test("a kernel without data sections and functions gets structs, bytes, typedefs and enums", () => {
  const types: TypeInput[] = [
    int("int"),
    variable("v"),
    section(".data.x", [2, 4]),
    { kind: "function", name: "f", typeId: 5, linkage: 1 },
    prototype,
  ];
  const spec = encode(
    types,
    { funcs: false, dataSections: false },
    new Map([[".data.x", { sizeBytes: 8, offsets: new Map() }]]),
  );
  assert.deepEqual(all(spec).slice(2), [
    {
      kind: "struct",
      id: 3,
      name: "_data_x",
      sizeBytes: 8,
      members: [{ name: "v", typeId: 2, offsetBits: 32, bitfieldBits: 0 }],
    },
    { kind: "typedef", id: 4, name: "f", typeId: 5 },
    { kind: "enum", id: 5, name: "", sizeBytes: 4, isSigned: false, values: [{ name: "arg", value: 1n }] },
  ]);
  assert.equal(spec.typeById(2).kind, "int");
});

test("the question mark of an optional section is replaced", () => {
  const spec = encode([int("int"), variable("v"), section("?.struct_ops", [2, 0])], {});
  assert.equal(spec.nameOf(3), "_.struct_ops");
});

test("the byte order stays", () => {
  const spec = decodeBtf(buildBtf([int("int"), struct("s", 4, ["m", 1, 0])], { littleEndian: false }));
  const encoded = decodeBtf(encodeForKernel(spec, { supports: everything }));
  assert.equal(encoded.littleEndian, false);
  assert.deepEqual(all(encoded), all(spec));
});

test("kernel symbols fit a kernel without data sections too", () => {
  const types: TypeInput[] = [
    int("int"),
    prototype,
    { kind: "function", name: "f", typeId: 2, linkage: 2 },
    section(".ksyms", [3, 0]),
  ];
  const spec = encode(types, { dataSections: false });
  assert.deepEqual(spec.typeById(4), {
    kind: "struct",
    id: 4,
    name: "_ksyms",
    sizeBytes: 4,
    members: [{ name: "dummy_ksym", typeId: 6, offsetBits: 0, bitfieldBits: 0 }],
  });
  assert.equal(spec.typeById(6).kind, "int");
});
