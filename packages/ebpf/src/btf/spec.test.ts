import assert from "node:assert/strict";
import { test } from "node:test";
import { buildBtf, int, struct, type TypeInput } from "./build.test-support.ts";
import { decodeBtf } from "./decode.ts";
import { essentialName } from "./name-filter.ts";

const typedef = (name: string): TypeInput => ({ kind: "typedef", name, typeId: 0 });

const types: TypeInput[] = [
  int("int"),
  struct("file", 4, ["fd", 1, 0]),
  typedef("file"),
  struct("file___old", 4),
  struct("file_operations", 4),
  typedef("a"),
  struct("", 0),
  typedef("é"),
  struct("_file", 0),
];

test("a name is looked up exactly, in every kind", () => {
  const spec = decodeBtf(buildBtf(types));
  assert.deepEqual(spec.idsByName("file"), [2, 3]);
  assert.deepEqual(spec.idsByName("file___old"), [4]);
  assert.deepEqual(spec.idsByName("fil"), []);
  assert.deepEqual(spec.idsByName("a"), [6]);
  assert.deepEqual(spec.idsByName("é"), [8]);
  assert.deepEqual(spec.idsByName("fd"), []);
  assert.deepEqual(spec.idsByName(""), []);
  assert.deepEqual(spec.idsByName("file\0"), []);
});

test("names that share the end of a longer string are found", () => {
  const spec = decodeBtf(buildBtf(types, { sharesTails: true }));
  assert.deepEqual(spec.idsByName("file"), [2, 3]);
  assert.deepEqual(spec.idsByName("a"), [6]);
});

test("an essential name finds its flavours", () => {
  const spec = decodeBtf(buildBtf(types));
  assert.deepEqual(spec.idsByEssentialName("file"), [2, 3, 4]);
  assert.deepEqual(spec.idsByEssentialName("file___new"), [2, 3, 4]);
});

test("the flavour follows the last three underscores that stand alone", () => {
  const names = ["task", "task___old", "a___b___c", "a____b", "___b", "a___", "a___b_", "é___ü"];
  assert.deepEqual(names.map(essentialName), ["task", "task", "a___b", "a____b", "___b", "a___", "a", "é"]);
});

test("the first type of a name and kind is found without the rest", () => {
  const spec = decodeBtf(buildBtf(types));
  assert.equal(spec.findId("file", "typedef"), 3);
  assert.equal(spec.findId("file", "struct"), 2);
  assert.equal(spec.findId("int", "int"), 1);
  assert.equal(spec.findId("file", "union"), undefined);
  assert.equal(spec.findId("file___old", "struct"), 4);
  assert.equal(spec.findId("none", "struct"), undefined);
});

test("one look, one after another, and the index find the same", () => {
  const many = Array.from({ length: 500 }, (_, index) => typedef(`name${index % 300}${index % 7 === 0 ? "___x" : ""}`));
  const bytes = buildBtf(many);
  const names = Array.from({ length: 320 }, (_, index) => `name${index}`);
  const expected = names.map((name) =>
    many.flatMap((type, index) => (type.name.replace("___x", "") === name ? [index + 1] : [])),
  );
  const together = decodeBtf(bytes);
  for (let from = 0; from < names.length; from += 20) together.prepareNames(names.slice(from, from + 20));
  assert.deepEqual(
    names.map((name) => together.idsByEssentialName(name)),
    expected,
  );
  const indexed = decodeBtf(bytes);
  indexed.prepareNames(names);
  assert.deepEqual(
    names.map((name) => indexed.idsByEssentialName(name)),
    expected,
  );
  const single = decodeBtf(bytes);
  assert.deepEqual(
    names.map((name) => single.idsByEssentialName(name)),
    expected,
  );
  const first = decodeBtf(bytes);
  assert.deepEqual(
    names.map((name) => first.findId(name, "typedef")),
    expected.map((ids) => ids.find((id) => !many[id - 1]?.name.endsWith("___x"))),
  );
});

test("the index of split types looks into the base's strings too", () => {
  const base = decodeBtf(buildBtf(types));
  const offset = base.offsetOfString("file");
  assert.ok(offset !== undefined);
  const split = decodeBtf(
    buildBtf([typedef("file"), typedef("own")], {
      baseStringBytes: base.strings.end,
      baseStrings: new Map([["file", offset]]),
    }),
    { base },
  );
  split.prepareNames(Array.from({ length: 40 }, (_, index) => `absent${index}`));
  assert.deepEqual(split.idsByName("file"), [2, 3, 10]);
  assert.deepEqual(split.idsByName("own"), [11]);
});

test("a string's offset is told", () => {
  const spec = decodeBtf(buildBtf(types));
  const offset = spec.offsetOfString("file_operations");
  assert.ok(offset !== undefined);
  assert.equal(spec.strings.at(offset), "file_operations");
  assert.equal(spec.offsetOfString(""), 0);
  assert.equal(spec.offsetOfString("none"), undefined);
});
