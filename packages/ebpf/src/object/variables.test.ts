import assert from "node:assert/strict";
import { test } from "node:test";
import { readFixture } from "../bytes/fixture.test-support.ts";
import { StateError } from "../errors.ts";
import { decodeObject } from "./decode-object.ts";
import type { VariableSpec } from "./variables.ts";

const globals = async (order: "el" | "eb" = "el"): Promise<(name: string) => VariableSpec> => {
  const { variables } = decodeObject(await readFixture(`globals.${order}.o`));
  return (name) => variables.require(name);
};

test("variables have the values that the source gives them, in both byte orders", async () => {
  for (const order of ["el", "eb"] as const) {
    const variable = await globals(order);
    const values = {
      targ_uid: 0xffffffff,
      is_quiet: true,
      small: 200,
      small_signed: -100,
      medium: 50000,
      medium_signed: -30000,
      word_signed: -2000000000,
      min_us: 10000000000n,
      shift: -10000000000n,
      mode: 1,
      direction: -4,
      wide: 0x100000000n,
      name: "ebpf",
      address: Uint8Array.of(127, 0, 0, 1),
      initialised: 42n,
      weak_total: 0,
      custom: 9,
      custom_constant: 11,
    };
    for (const [name, value] of Object.entries(values)) assert.deepEqual(variable(name).get(), value, name);
  }
});

test("a variable knows its place, and whether programs can only read it", async () => {
  const variable = await globals();
  const { sectionName, offset, sizeBytes, isConstant } = variable("min_us");
  assert.deepEqual([sectionName, offset, sizeBytes, isConstant], [".rodata", 16, 8, true]);
  assert.equal(variable("initialised").isConstant, false);
  assert.equal(variable("custom_constant").isConstant, true);
});

test("static and hidden variables are the program's own", async () => {
  const { variables } = decodeObject(await readFixture("globals.el.o"));
  for (const name of ["private_total", "private_start", "weights", "hidden_total"])
    assert.equal(variables.has(name), false);
});

test("a value that was set is read back, and is part of the map's contents", async () => {
  for (const order of ["el", "eb"] as const) {
    const { variables, maps } = decodeObject(await readFixture(`globals.${order}.o`));
    const uid = variables.require("targ_uid");
    uid.set(0x01020304);
    assert.equal(uid.get(), 0x01020304);
    const value = maps.require(".rodata").contents[0]?.value ?? new Uint8Array();
    const bytes = [...value.subarray(uid.offset, uid.offset + 4)];
    assert.deepEqual(bytes, order === "el" ? [4, 3, 2, 1] : [1, 2, 3, 4]);
  }
});

test("integers take numbers, bigints and booleans of their range", async () => {
  const variable = await globals();
  variable("min_us").set(5);
  assert.equal(variable("min_us").get(), 5n);
  variable("min_us").set((1n << 64n) - 1n);
  assert.equal(variable("min_us").get(), (1n << 64n) - 1n);
  variable("small_signed").set(-128n);
  assert.equal(variable("small_signed").get(), -128);
  variable("medium").set(true);
  assert.equal(variable("medium").get(), 1);
});

test("an integer out of range is refused with variable, value and range", async () => {
  const variable = await globals();
  const refused = (name: string, value: number | bigint, message: string): void => {
    const before = variable(name).get();
    assert.throws(() => variable(name).set(value), new RangeError(`variable "${name}": ${message}`));
    assert.deepEqual(variable(name).get(), before);
  };
  refused("targ_uid", 0x100000000, "4294967296 is out of range, wanted 0 to 4294967295");
  refused("targ_uid", -1, "-1 is out of range, wanted 0 to 4294967295");
  refused("small_signed", 128, "128 is out of range, wanted -128 to 127");
  refused("min_us", 1n << 64n, "18446744073709551616 is out of range, wanted 0 to 18446744073709551615");
  refused("is_quiet", 2, "2 is out of range, wanted 0 to 1");
  refused("small", 1.5, "1.5 is no integer");
  refused("small", Number.NaN, "NaN is no integer");
});

test("enums take their enumerators by name, and any value of their size", async () => {
  const variable = await globals();
  variable("mode").set("MODE_TRACE");
  assert.equal(variable("mode").get(), 7);
  variable("direction").set("OFFSET_BACK");
  assert.equal(variable("direction").get(), -4);
  variable("wide").set("WIDE_TOP");
  assert.equal(variable("wide").get(), 0x100000000n);
  variable("mode").set(3);
  assert.equal(variable("mode").get(), 3);
  assert.throws(
    () => variable("mode").set("MODE_ON"),
    new RangeError('variable "mode": no enumerator "MODE_ON"; there are: MODE_OFF, MODE_COUNT, MODE_TRACE'),
  );
});

test("text fills an array of bytes up to a NUL, and clears the rest", async () => {
  const variable = await globals();
  variable("name").set("fifteen letters");
  assert.equal(variable("name").get(), "fifteen letters");
  variable("name").set("größe");
  assert.equal(variable("name").get(), "größe");
  assert.deepEqual([...variable("name").bytes.subarray(7)], new Array(9).fill(0));
  assert.throws(
    () => variable("name").set("sixteen letters!"),
    new RangeError('variable "name": text of 16 bytes, wanted at most 15 and a NUL'),
  );
  assert.throws(() => variable("name").set("a\0b"), new RangeError('variable "name": text has a NUL at byte 1'));
  assert.equal(variable("name").get(), "größe");
});

test("bytes are taken for any type when they are as many as it has", async () => {
  const variable = await globals();
  variable("pair").set(Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0));
  assert.deepEqual(variable("pair").get(), Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0));
  assert.throws(
    () => variable("pair").set(new Uint8Array(7)),
    new RangeError('variable "pair": 7 bytes, wanted exactly 8'),
  );
});

test("values that a type can't take are refused by its kind", async () => {
  const variable = await globals();
  assert.throws(
    () => variable("targ_uid").set("root"),
    new TypeError('variable "targ_uid" is an int, which takes no text'),
  );
  assert.throws(
    () => variable("pair").set(1),
    new TypeError('variable "pair" is a struct, which takes no number; set it by its bytes'),
  );
  assert.throws(() => variable("histogram").set(1n), /is an array, which takes no bigint; set it by its bytes/);
});

test("without BTF a variable is an integer of its size, or bytes", async () => {
  const { variables } = decodeObject(await readFixture("plain.el.o"));
  const limit = variables.require("limit");
  assert.equal(limit.typeId, 0);
  limit.set(-1);
  assert.deepEqual(limit.get(), Uint8Array.of(255, 255, 255, 255));
  limit.set(0xffffffff);
  assert.throws(() => limit.set(2 ** 32), /4294967296 is out of range, wanted -2147483648 to 4294967295/);
  variables.require("label").set("text");
  assert.deepEqual([...variables.require("label").bytes], [0x74, 0x65, 0x78, 0x74, 0, 0, 0, 0]);
});

test("a variable whose section got other contents uses those, or says that they are too short", async () => {
  const { variables, maps } = decodeObject(await readFixture("globals.el.o"));
  const data = maps.require(".data");
  data.contents = [{ key: new Uint8Array(4), value: new Uint8Array(data.valueSize) }];
  assert.equal(variables.require("initialised").get(), 0n);
  data.contents = [];
  assert.throws(
    () => variables.require("initialised").set(1n),
    (error) =>
      error instanceof StateError &&
      error.message === 'variable "initialised" ends at byte 8 of map ".data", which holds less',
  );
});
