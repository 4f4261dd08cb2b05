import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError } from "../errors.ts";
import { buildBtf, int, pointer, struct, type TypeInput } from "./build.test-support.ts";
import { decodeBtf } from "./decode.ts";
import { alignOf, sizeOf, skipModifiers } from "./layout.ts";
import type { BtfSpec } from "./spec.ts";

const specOf = (...types: TypeInput[]): BtfSpec => decodeBtf(buildBtf(types));
const array = (typeId: number, count: number): TypeInput => ({
  kind: "array",
  name: "",
  typeId,
  indexTypeId: 1,
  count,
});
const refuses = (run: () => unknown, message: string): void =>
  assert.throws(run, (error: unknown) => error instanceof FormatError && error.message === message);

test("typedefs, qualifiers and type tags are gone through", () => {
  const spec = specOf(
    int("int"),
    { kind: "typedef", name: "t", typeId: 3 },
    { kind: "const", name: "", typeId: 4 },
    { kind: "volatile", name: "", typeId: 5 },
    { kind: "restrict", name: "", typeId: 6 },
    { kind: "type-tag", name: "user", typeId: 1 },
    { kind: "const", name: "", typeId: 0 },
  );
  assert.equal(skipModifiers(spec, 2), 1);
  assert.equal(skipModifiers(spec, 7), 0);
  assert.equal(sizeOf(spec, 2), 4);
});

test("sizes are those of C on a 64-bit machine", () => {
  const spec = specOf(int("int"), pointer(0), array(1, 3), array(3, 5), struct("s", 12), {
    kind: "variable",
    name: "v",
    typeId: 4,
    linkage: 1,
  });
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((id) => sizeOf(spec, id)),
    [4, 8, 12, 60, 12, 60],
  );
});

test("what no value can be has no size", () => {
  const spec = specOf(
    { kind: "forward", name: "later", isUnion: false },
    { kind: "typedef", name: "nothing", typeId: 0 },
  );
  refuses(() => sizeOf(spec, 1), 'type 1 "later" has no size: it is a forward');
  refuses(() => sizeOf(spec, 2), 'type 2 "nothing" has no size: it is void');
});

test("cycles end", () => {
  const spec = specOf(
    { kind: "const", name: "", typeId: 2 },
    { kind: "typedef", name: "t", typeId: 1 },
    array(3, 1),
    struct("s", 8, ["m", 4, 0]),
  );
  const message = "more than 64 types inside one another, or a cycle";
  refuses(() => skipModifiers(spec, 2), `type 2 "t": ${message}`);
  refuses(() => sizeOf(spec, 3), `type 3: ${message}`);
  refuses(() => alignOf(spec, 4), `type 4 "s": ${message}`);
});

test("arrays of arrays can't overflow", () => {
  const spec = specOf(int("int"), array(1, 0xffffffff), array(2, 0xffffffff));
  refuses(() => sizeOf(spec, 3), "type 3 has more than 2^32 - 1 bytes");
});

test("a struct is aligned to its strictest member, unless it is packed", () => {
  const spec = specOf(
    int("int"),
    int("long", 8),
    int("char", 1),
    struct("natural", 16, ["a", 1, 0], ["b", 2, 64]),
    struct("packed", 9, ["a", 3, 0], ["b", 2, 8]),
    struct("holder", 40, ["a", 4, 0], ["b", 7, 128]),
    array(4, 1),
    struct("empty", 0),
    int("__int128", 16),
    { kind: "float", name: "long double", sizeBytes: 12 },
  );
  assert.deepEqual(
    [1, 3, 4, 5, 6, 7, 8, 9, 10].map((id) => alignOf(spec, id)),
    [4, 1, 8, 1, 8, 8, 1, 16, 4],
  );
});
