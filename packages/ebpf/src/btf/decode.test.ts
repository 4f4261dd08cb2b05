import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError } from "../errors.ts";
import { buildBtf, int, joinBtf, pointer, struct, wordsOf } from "./build.test-support.ts";
import { decodeBtf } from "./decode.ts";
import { BtfKind } from "./types.ts";

const point = [int("int"), struct("point", 8, ["x", 1, 0], ["y", 1, 32])];
const noNames = Uint8Array.of(0);

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof FormatError, String(error));
    return error.message;
  }
  return "nothing thrown";
}

test("the magic tells the byte order, and both orders give the same types", () => {
  for (const littleEndian of [true, false]) {
    const spec = decodeBtf(buildBtf(point, { littleEndian }));
    assert.equal(spec.littleEndian, littleEndian);
    assert.equal(spec.typeCount, 3);
    assert.deepEqual(spec.typeById(2), {
      kind: "struct",
      id: 2,
      name: "point",
      sizeBytes: 8,
      members: [
        { name: "x", typeId: 1, offsetBits: 0, bitfieldBits: 0 },
        { name: "y", typeId: 1, offsetBits: 32, bitfieldBits: 0 },
      ],
    });
  }
});

test("bytes need not be aligned", () => {
  const bytes = buildBtf(point);
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  assert.equal(decodeBtf(shifted.subarray(1)).nameOf(2), "point");
});

test("type 0 is void", () => {
  const spec = decodeBtf(buildBtf([]));
  assert.deepEqual(spec.typeById(0), { kind: "void", id: 0, name: "" });
  assert.equal(spec.kindOf(0), BtfKind.Void);
  assert.equal(spec.typeCount, 1);
});

test("a type is decoded once", () => {
  const spec = decodeBtf(buildBtf(point));
  assert.equal(spec.typeById(2), spec.typeById(2));
});

test("a header that isn't BTF's is refused with the field and what was wanted", () => {
  const good = buildBtf(point);
  const changed = (offset: number, ...values: number[]): Uint8Array => {
    const bytes = good.slice();
    bytes.set(values, offset);
    return bytes;
  };
  const messages = [
    new Uint8Array(0),
    changed(0, 0x7f, 0x45),
    changed(2, 2),
    changed(4, 20),
    changed(8, 2),
    changed(12, 0xfc, 0xff, 0xff, 0x7f),
    changed(20, 0xff, 0xff),
    changed(good.length - 1, 0x41),
  ].map((bytes) => refusal(() => decodeBtf(bytes, { section: ".BTF" })));
  assert.deepEqual(messages, [
    'section ".BTF": btf_header.magic ends at byte 2 of 0',
    'section ".BTF": btf_header.magic is 0x7f45, wanted 0xeb9f',
    'section ".BTF": btf_header.version is 2, wanted 1',
    'section ".BTF": btf_header.hdr_len is 20, wanted 24 or more',
    'section ".BTF": types at byte 2, 52 bytes: wanted multiples of 4',
    'section ".BTF": the types ends at byte 2147483668 of 91',
    'section ".BTF": the strings ends at byte 65611 of 91',
    'section ".BTF": the strings don\'t begin and end with a NUL',
  ]);
});

test("a longer header is skipped", () => {
  const bytes = buildBtf(point);
  const longer = new Uint8Array(bytes.length + 8);
  longer.set(bytes.subarray(0, 24));
  longer.set(bytes.subarray(24), 32);
  longer[4] = 32;
  assert.equal(decodeBtf(longer).nameOf(2), "point");
});

test("an id that isn't there is refused", () => {
  const spec = decodeBtf(buildBtf(point));
  for (const id of [3, -1, 1.5, Number.NaN]) {
    assert.equal(
      refusal(() => spec.typeById(id)),
      `type id ${id}, wanted 0 to 2`,
    );
  }
});

test("types before a record of an unknown kind can be read, those behind it can't", () => {
  const types = wordsOf(0, BtfKind.Pointer << 24, 0, 0, 21 << 24, 0, 0, BtfKind.Pointer << 24, 0);
  const spec = decodeBtf(joinBtf(types, noNames));
  assert.equal(spec.typeById(1).kind, "pointer");
  const message = "type 2 at byte 12 of the types is of kind 21, wanted 1 to 19";
  for (let turn = 0; turn < 2; turn++)
    assert.equal(
      refusal(() => spec.typeById(3)),
      message,
    );
  assert.equal(
    refusal(() => spec.typeCount),
    message,
  );
});

test("a record that is cut off is refused", () => {
  const cutHead = decodeBtf(joinBtf(wordsOf(0, BtfKind.Pointer << 24), noNames));
  assert.equal(
    refusal(() => cutHead.typeById(1)),
    "type 1 at byte 0 of the types ends behind the section's 8 bytes",
  );
  const cutMembers = decodeBtf(joinBtf(wordsOf(0, (BtfKind.Struct << 24) | 2, 0, 0, 0, 0), noNames));
  assert.equal(
    refusal(() => cutMembers.typeCount),
    "type 1 at byte 0 of the types ends behind the section's 24 bytes",
  );
});

test("a name outside of the strings is refused when it is read", () => {
  const spec = decodeBtf(joinBtf(wordsOf(7, BtfKind.Typedef << 24, 0), noNames));
  assert.equal(spec.kindOf(1), BtfKind.Typedef);
  assert.equal(
    refusal(() => spec.nameOf(1)),
    "string at byte 7 of 1",
  );
  assert.deepEqual(spec.idsByName("x"), []);
});

test("what a record can't say is refused when it is decoded", () => {
  const only = (...words: number[]): string =>
    refusal(() => decodeBtf(joinBtf(wordsOf(...words), noNames)).typeById(1));
  assert.equal(only(0, BtfKind.Int << 24, 4, 33), "type 1: int has 33 bits from bit 0 in 4 bytes");
  assert.equal(only(0, (BtfKind.Struct << 24) | 1, 4, 0, 0, 33), "type 1: member 0 is at bit 33 of 4 bytes");
  assert.equal(only(0, BtfKind.Enum << 24, 3), "type 1: enum has 3 bytes, wanted 1, 2, 4 or 8");
  assert.equal(only(0, (BtfKind.Function << 24) | 5, 0), "type 1: linkage is 5, wanted 0 to 2");
  assert.equal(only(0, BtfKind.Variable << 24, 0, 3), "type 1: linkage is 3, wanted 0 to 2");
});

test("a name that is too long is refused, so that shared tails can't fill the memory", () => {
  const long = "n".repeat(1023);
  assert.equal(decodeBtf(buildBtf([{ kind: "typedef", name: long, typeId: 0 }])).nameOf(1), long);
  const spec = decodeBtf(buildBtf([{ kind: "typedef", name: `${long}n`, typeId: 0 }]));
  assert.equal(
    refusal(() => spec.nameOf(1)),
    "string at byte 1 is longer than 1023 bytes",
  );
});

test("split types go on where the base ends", () => {
  const base = decodeBtf(buildBtf(point));
  const strings = new Map([["point", base.bytes.length]]);
  strings.set("point", 5);
  const split = decodeBtf(
    buildBtf([pointer(2), { kind: "typedef", name: "own", typeId: 3 }, { kind: "typedef", name: "point", typeId: 2 }], {
      baseStringBytes: base.strings.end,
      baseStrings: strings,
    }),
    { base },
  );
  assert.equal(split.firstId, 3);
  assert.equal(split.typeCount, 6);
  assert.equal(split.typeById(2), base.typeById(2));
  assert.equal(split.kindOf(1), BtfKind.Int);
  assert.equal(split.nameOf(2), "point");
  assert.deepEqual(split.typeById(3), { kind: "pointer", id: 3, name: "", typeId: 2 });
  assert.deepEqual(split.typeById(4), { kind: "typedef", id: 4, name: "own", typeId: 3 });
  assert.deepEqual(split.idsByName("point"), [2, 5]);
  assert.deepEqual(split.idsByName("own"), [4]);
  assert.equal(split.findId("point", "struct"), 2);
  assert.equal(split.findId("point", "typedef"), 5);
  assert.equal(split.findId("own", "typedef"), 4);
});

test("split types without strings of their own use the base's", () => {
  const base = decodeBtf(buildBtf(point));
  const split = decodeBtf(joinBtf(wordsOf(5, BtfKind.Typedef << 24, 2), new Uint8Array(0)), { base });
  assert.equal(split.nameOf(3), "point");
});
