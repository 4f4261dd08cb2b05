import assert from "node:assert/strict";
import { test } from "node:test";
import { type Instruction, LD_IMM64 } from "../asm/instruction.ts";
import { readFixture } from "../bytes/fixture.test-support.ts";
import { decodeElf } from "../elf/file.ts";
import { FormatError, RelocationError, UnsupportedError } from "../errors.ts";
import { decodeObject } from "./decode-object.ts";
import { MapType } from "./map-type.gen.ts";
import { AttachType, ProgramType } from "./program-type.gen.ts";

const READ_ONLY = 0x80;
const MMAPABLE = 0x400;

test("programs are named by their functions, and several may share a section", async () => {
  const { programs } = decodeObject(await readFixture("programs.el.o"));
  const ofSection = [...programs.values()].filter(({ sectionName }) => sectionName === "kprobe/do_unlinkat");
  assert.deepEqual(
    ofSection.map(({ name }) => name),
    ["on_kprobe", "on_kprobe_again", "on_kprobe_once_more"],
  );
});

test("a program knows its kind, its target, the licence and the kernel version", async () => {
  const { programs } = decodeObject(await readFixture("programs.el.o"));
  const { instructions, ...rest } = programs.require("on_fexit_sleepable");
  assert.deepEqual(rest, {
    name: "on_fexit_sleepable",
    sectionName: "fexit.s/tcp_connect",
    type: ProgramType.Tracing,
    attachType: AttachType.TraceFexit,
    attachTo: "tcp_connect",
    flags: 0x10,
    isOptional: false,
    license: "GPL",
    kernelVersion: 0x060c00,
  });
  assert.equal(instructions.length, 2);
});

test("a program on demand has its section's name without the mark", async () => {
  const { programs } = decodeObject(await readFixture("programs.el.o"));
  const { sectionName, attachTo, isOptional } = programs.require("on_demand");
  assert.deepEqual([sectionName, attachTo, isOptional], ["kprobe/vfs_read", "vfs_read", true]);
});

test("functions of .text are no programs", async () => {
  const { programs, functions } = decodeObject(await readFixture("functions.el.o"));
  assert.deepEqual([...programs.keys()], ["call_static", "call_global", "pass_callback", "call_nothing"]);
  assert.deepEqual([...functions.keys()].sort(), [
    "add_element",
    "add_step",
    "leaf",
    "middle",
    "replaceable",
    "shared",
  ]);
});

test("maps have the sizes and types that their definitions say", async () => {
  const { maps, types } = decodeObject(await readFixture("maps.el.o"));
  const counts = maps.require("counts");
  assert.deepEqual(
    [counts.type, counts.keySize, counts.valueSize, counts.maxEntries, counts.flags],
    [MapType.Hash, 8, 8, 10240, 0],
  );
  assert.equal(types?.nameOf(counts.keyTypeId), "key_alias");
  const { keySize, valueSize, maxEntries, keyTypeId } = maps.require("events");
  assert.deepEqual([keySize, valueSize, maxEntries, keyTypeId], [0, 0, 262144, 0]);
  assert.equal(maps.require("seen").mapExtra, 3n);
  assert.deepEqual([maps.require("routes").keySize, maps.require("routes").keyTypeId], [8, 0]);
  assert.equal(maps.require("recent").valueSize, 6);
});

test("an enumerator can hold a number of 64 bits", async () => {
  assert.equal(decodeObject(await readFixture("wide.el.o")).maps.require("arena").mapExtra, 0x100000000000n);
});

test("maps of objects without BTF come from the old section", async () => {
  const { maps, types } = decodeObject(await readFixture("plain.el.o"));
  assert.equal(types, undefined);
  const { type, keySize, valueSize, maxEntries, flags } = maps.require("table");
  assert.deepEqual([type, keySize, valueSize, maxEntries, flags], [MapType.Hash, 4, 8, 512, 1]);
  assert.equal(maps.require("slots").type, MapType.Array);
});

test("sections of data are maps of one entry; constants are read-only and frozen", async () => {
  const { maps } = decodeObject(await readFixture("globals.el.o"));
  const constants = maps.require(".rodata");
  assert.deepEqual(
    [constants.type, constants.keySize, constants.maxEntries, constants.flags, constants.isFrozen],
    [MapType.Array, 4, 1, MMAPABLE | READ_ONLY, true],
  );
  assert.equal(constants.contents[0]?.value.length, constants.valueSize);
  assert.deepEqual([maps.require(".data").flags, maps.require(".data").isFrozen], [MMAPABLE, false]);
  assert.equal(maps.require(".bss").contents[0]?.value.length, maps.require(".bss").valueSize);
  assert.equal(maps.require(".data.custom").dataSection, ".data.custom");
});

test("changing a variable changes neither the object's bytes nor another decoding of them", async () => {
  const bytes = await readFixture("globals.el.o");
  const before = bytes.slice();
  decodeObject(bytes).variables.require("targ_uid").set(7);
  assert.deepEqual(bytes, before);
});

test("sections of data that nothing refers to and no symbol names are left out", async () => {
  assert.deepEqual([...decodeObject(await readFixture("programs.el.o")).maps.keys()], []);
  // Texts have no symbols, but a program refers to them.
  assert.ok(decodeObject(await readFixture("globals.el.o")).maps.has(".rodata.str1.1"));
});

test("instructions name the maps, values and functions that they refer to", async () => {
  const { programs } = decodeObject(await readFixture("functions.el.o"));
  const references = programs
    .require("pass_callback")
    .instructions.flatMap(({ opcode, meta }) => (meta?.reference ? [[opcode, meta.reference]] : []));
  assert.deepEqual(references, [
    [LD_IMM64, { kind: "function", name: "add_step" }],
    [LD_IMM64, { kind: "map", map: "totals" }],
    [LD_IMM64, { kind: "function", name: "add_element" }],
  ]);
});

test("a reference to static data has the byte that the instruction says", async () => {
  const { programs, maps } = decodeObject(await readFixture("globals.el.o"));
  const weights = 68;
  assert.deepEqual(
    [...(maps.require(".rodata").contents[0]?.value.subarray(weights, weights + 8) ?? [])],
    [3, 0, 0, 0, 1, 0, 0, 0],
  );
  const offsets = programs
    .require("count_syscall")
    .instructions.flatMap(({ meta }) =>
      meta?.reference?.kind === "map-value" && meta.reference.map === ".rodata" ? [meta.reference.offset] : [],
    );
  assert.ok(offsets.includes(weights), `${offsets}`);
});

test("a function's first instruction has its name and type, and instructions know their lines", async () => {
  const { functions, types } = decodeObject(await readFixture("functions.el.o"));
  const [first] = functions.require("leaf");
  assert.equal(first?.meta?.symbol, "leaf");
  assert.equal(types?.nameOf(first?.meta?.funcTypeId ?? 0), "leaf");
  assert.equal(first?.meta?.source?.file, "./functions.c");
  assert.equal(first?.meta?.source?.text, "static noinline int leaf(u32 value) {");
});

test("CO-RE relocations are on the instructions that they change", async () => {
  const { programs, types } = decodeObject(await readFixture("core.el.o"));
  const relocations = programs
    .require("read_direct")
    .instructions.flatMap(({ meta }) =>
      meta?.core === undefined ? [] : [[types?.nameOf(meta.core.typeId), meta.core.coreKind, ...meta.core.accessor]],
    );
  assert.deepEqual(relocations.slice(0, 3), [
    ["task_struct", 0, 0, 0],
    ["task_struct", 0, 0, 2],
    ["task_struct", 0, 0, 1],
  ]);
});

test("types are completed for the kernel: data sections have sizes, their variables places in order", async () => {
  const { types } = decodeObject(await readFixture("globals.el.o"));
  const id = types?.findId(".bss", "data-section") ?? 0;
  const section = types?.typeById(id);
  assert.ok(section?.kind === "data-section");
  assert.equal(section.sizeBytes, 152);
  assert.deepEqual(
    section.variables.map(({ typeId, offset }) => [types?.nameOf(typeId), offset]),
    [
      ["total", 0],
      ["histogram", 8],
      ["private_total", 136],
      ["hidden_total", 144],
      ["weak_total", 148],
    ],
  );
});

test("what isn't supported is refused by name", async () => {
  await assertRefused("inner.el.o", UnsupportedError, /map "outer" has the member "values", which isn't supported/);
  await assertRefused(
    "externs.el.o",
    UnsupportedError,
    /program "read_config" refers to the kernel configuration "CONFIG_HZ", which isn't supported/,
  );
});

test("a symbol that nobody defines is named with its program and instruction", async () => {
  const bytes = await readFixture("undefined.el.o");
  assert.throws(
    () => decodeObject(bytes),
    (error) =>
      error instanceof RelocationError &&
      error.program === "call_elsewhere" &&
      error.insn === 1 &&
      error.relocation === "elsewhere" &&
      /reference to "elsewhere": symbol is not defined in the object/.test(error.message),
  );
});

test("a relocation where no instruction starts is refused", async () => {
  const bytes = await readFixture("maps.el.o");
  const table = decodeElf(bytes).sections.find(({ name }) => name === ".reltp/sched/sched_switch");
  new DataView(bytes.buffer, bytes.byteOffset).setBigUint64(table?.offset ?? 0, 0x30n, true);
  assert.throws(
    () => decodeObject(bytes),
    (error) =>
      error instanceof FormatError &&
      error.message ===
        'section "tp/sched/sched_switch": reference to "scratch" at byte 48, where no function has an instruction',
  );
});

test("a section of data larger than any machine would load is refused before memory is taken", async () => {
  const bytes = await readFixture("globals.el.o");
  const section = decodeElf(bytes).sections.find(({ name }) => name === ".bss");
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const table = Number(view.getBigUint64(40, true));
  view.setBigUint64(table + 64 * (section?.index ?? 0) + 32, 1n << 40n, true);
  assert.throws(() => decodeObject(bytes), /section ".bss": global variables take more than 268435456 bytes/);
});

async function assertRefused(
  object: string,
  kind: typeof UnsupportedError | typeof FormatError,
  message: RegExp,
): Promise<void> {
  const bytes = await readFixture(object);
  assert.throws(
    () => decodeObject(bytes),
    (error) => error instanceof kind && message.test(error.message),
  );
}

test("objects that were linked of several keep static functions of one name apart", async () => {
  const { programs, functions, variables } = decodeObject(await readFixture("linked.el.o"));
  const called = (insns: readonly Instruction[]): string[] =>
    insns.flatMap(({ meta }) => (meta?.reference?.kind === "function" ? [meta.reference.name] : []));
  assert.deepEqual(called(functions.require("middle")), ["leaf", "leaf"]);
  assert.deepEqual(called(programs.require("call_own_leaf").instructions), ["weigh", "leaf.2"]);
  assert.equal(functions.require("leaf.2")[0]?.meta?.symbol, "leaf.2");
  assert.equal(variables.require("weight").get(), 4);
});
