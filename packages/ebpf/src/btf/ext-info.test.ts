import assert from "node:assert/strict";
import { test } from "node:test";
import { ByteWriter } from "../bytes/writer.ts";
import { FormatError } from "../errors.ts";
import { buildBtf, type TypeInput } from "./build.test-support.ts";
import { decodeBtf } from "./decode.ts";
import { type BtfExt, decodeBtfExt } from "./ext-info.ts";

const names: TypeInput[] = [".text", "xdp", "a.c", "return 0;", "0:2:1", "0:x", "0:".repeat(64)].map((name) => ({
  kind: "typedef",
  name,
  typeId: 0,
}));
const spec = decodeBtf(buildBtf(names));
const offsetOf = (text: string): number => spec.offsetOfString(text) ?? -1;

/** A part: bytes of a record, then for each section its name and records. */
type Part = readonly [recordBytes: number, ...sections: [name: string, ...records: number[][]][]];

function build(parts: readonly Part[], littleEndian = true): Uint8Array {
  const bodies = parts.map(([recordBytes, ...sections]) => {
    const body = new ByteWriter(littleEndian);
    if (sections.length > 0) body.u32(recordBytes);
    for (const [name, ...records] of sections) {
      body.u32(offsetOf(name)).u32(records.length);
      for (const word of records.flat()) body.u32(word);
    }
    return body.finish();
  });
  const header = new ByteWriter(littleEndian)
    .u16(0xeb9f)
    .u8(1)
    .u8(0)
    .u32(8 + parts.length * 8);
  let offset = 0;
  for (const body of bodies) {
    header.u32(offset).u32(body.length);
    offset += body.length;
  }
  for (const body of bodies) header.put(body);
  return header.finish();
}

const decode = (bytes: Uint8Array, littleEndian = true): BtfExt => decodeBtfExt(bytes, { spec, littleEndian });

const functions: Part = [8, [".text", [0, 7], [16, 8]], ["xdp", [0, 9]]];
const lines: Part = [16, ["xdp", [8, offsetOf("a.c"), offsetOf("return 0;"), (42 << 10) | 5]]];
const relocations: Part = [16, ["xdp", [24, 3, offsetOf("0:2:1"), 2]]];

test("records are told by section, in both byte orders", () => {
  for (const littleEndian of [true, false]) {
    const ext = decode(build([functions, lines, relocations], littleEndian), littleEndian);
    assert.deepEqual(
      [...ext.functions],
      [
        [
          ".text",
          [
            { insnOffset: 0, typeId: 7 },
            { insnOffset: 16, typeId: 8 },
          ],
        ],
        ["xdp", [{ insnOffset: 0, typeId: 9 }]],
      ],
    );
    const [line] = ext.lines.get("xdp") ?? [];
    assert.deepEqual(
      [line?.insnOffset, line?.file, line?.text, line?.line, line?.column],
      [8, "a.c", "return 0;", 42, 5],
    );
    assert.deepEqual(ext.relocations.get("xdp"), [{ insnOffset: 24, coreKind: 2, typeId: 3, accessor: [0, 2, 1] }]);
  }
});

test("a header without relocations has none", () => {
  assert.equal(decode(build([functions, lines])).relocations.size, 0);
});

test("records longer than known are read up to what is known", () => {
  const ext = decode(build([[12, ["xdp", [0, 7, 99], [8, 8, 99]]], lines, relocations]));
  assert.deepEqual(ext.functions.get("xdp"), [
    { insnOffset: 0, typeId: 7 },
    { insnOffset: 8, typeId: 8 },
  ]);
});

test("a section that comes twice has the records of both", () => {
  const ext = decode(build([[8, ["xdp", [0, 1]], [".text", [0, 2]], ["xdp", [8, 3]]], lines, relocations]));
  assert.deepEqual(
    ext.functions.get("xdp")?.map(({ typeId }) => typeId),
    [1, 3],
  );
});

test("a line's text outside of the strings is refused when it is read", () => {
  const [line] = decode(build([functions, [16, ["xdp", [8, 9999, 0, 0]]], relocations])).lines.get("xdp") ?? [];
  assert.equal(line?.insnOffset, 8);
  assert.throws(() => line?.file, FormatError);
});

test("what is damaged is refused with its field", () => {
  const access = (text: string): Part => [16, ["xdp", [0, 1, offsetOf(text), 0]]];
  const cut = build([functions, lines, relocations]);
  cut[12] = 0xff;
  const wide = build([functions, lines, relocations]);
  new DataView(wide.buffer).setUint32(32 + 8, 0x20000000, true);
  const cases: [Uint8Array, RegExp][] = [
    [new Uint8Array([0x9f]), /btf_ext_header.magic ends at byte 2 of 1/],
    [build([[4, ["xdp", [0]]], lines, relocations]), /func_info.rec_size is 4, wanted a multiple of 4 from 8/],
    [cut, /func_info ends at byte 287 of/],
    [wide, /func_info of ".text" has 536870912 records of 8 bytes in 32/],
    [
      build([functions, lines, access("0:x")]),
      /bpf_core_relo.access_str is "0:x", wanted up to 64 numbers with colons between/,
    ],
    [build([functions, lines, access("0:".repeat(64))]), /bpf_core_relo.access_str is/],
  ];
  for (const [bytes, message] of cases) {
    assert.throws(
      () => decode(bytes),
      (error: unknown) => error instanceof FormatError && error.section === ".BTF.ext" && message.test(error.message),
      String(message),
    );
  }
});
