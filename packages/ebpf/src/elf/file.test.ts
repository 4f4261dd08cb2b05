import assert from "node:assert/strict";
import { test } from "node:test";
import { readFixture } from "../bytes/fixture.test-support.ts";
import { FormatError } from "../errors.ts";
import { decodeElf, EM_BPF, ET_REL } from "./file.ts";
import { relocationsOf } from "./relocation.ts";
import { SectionType } from "./section.ts";
import { SymbolType } from "./symbol.ts";

const SECTION_TABLE = 40;
const SECTION_COUNT = 60;
const NAME_SECTION = 62;

/** The fixture's bytes after a change of 2, 4 or 8 bytes at a place. */
async function changed(
  place: number | ((view: DataView) => number),
  bits: 16 | 32 | 64,
  value: bigint,
): Promise<Uint8Array> {
  const bytes = await readFixture("maps.el.o");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = typeof place === "number" ? place : place(view);
  if (bits === 16) view.setUint16(at, Number(value), true);
  else if (bits === 32) view.setUint32(at, Number(value), true);
  else view.setBigUint64(at, value, true);
  return bytes;
}

/** Place of a field of a section's header. */
function header(name: string, field: number): (view: DataView) => number {
  return (view) => {
    const table = Number(view.getBigUint64(SECTION_TABLE, true));
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const section = decodeElf(bytes).sections.find((candidate) => candidate.name === name);
    return table + 64 * (section?.index ?? 0) + field;
  };
}

test("both byte orders give the same sections and symbols", async () => {
  const little = decodeElf(await readFixture("maps.el.o"));
  const big = decodeElf(await readFixture("maps.eb.o"));
  assert.deepEqual([little.littleEndian, big.littleEndian], [true, false]);
  assert.deepEqual([little.type, little.machine], [ET_REL, EM_BPF]);
  assert.deepEqual(
    little.sections.map(({ name, type, sizeBytes, link, info }) => ({ name, type, sizeBytes, link, info })),
    big.sections.map(({ name, type, sizeBytes, link, info }) => ({ name, type, sizeBytes, link, info })),
  );
  assert.deepEqual(little.symbols, big.symbols);
});

test("a section's bytes are a view of the file", async () => {
  const bytes = await readFixture("maps.el.o");
  const license = decodeElf(bytes).sections.find(({ name }) => name === "license");
  assert.equal(new TextDecoder().decode(license?.bytes), "Dual MIT/GPL\0");
  assert.equal(license?.bytes.buffer, bytes.buffer);
});

test("a section's symbol has the section's name", async () => {
  const { symbols, sections } = decodeElf(await readFixture("globals.el.o"));
  const symbol = symbols.find(({ type }) => type === SymbolType.Section);
  assert.equal(symbol?.name, sections[symbol?.sectionIndex ?? 0]?.name);
});

test("relocations name the symbol and the place they patch", async () => {
  const file = decodeElf(await readFixture("maps.el.o"));
  const section = file.sections.find(({ name }) => name === "tp/sched/sched_switch");
  assert.ok(section);
  const relocations = relocationsOf(file, section);
  assert.deepEqual(
    relocations.map(({ offset, type, symbol }) => [offset, type, symbol.name]),
    [
      [0x28, 1, "scratch"],
      [0x68, 1, "perf_events"],
    ],
  );
});

test("a section without relocations has none", async () => {
  const file = decodeElf(await readFixture("maps.el.o"));
  const license = file.sections.find(({ name }) => name === "license");
  assert.ok(license);
  assert.deepEqual(relocationsOf(file, license), []);
});

test("what is no ELF file is refused by its first bytes", () => {
  assert.throws(
    () => decodeElf(new Uint8Array()),
    /^FormatError: no ELF file: wanted 7f 45 4c 46 at its start, found nothing$/,
  );
  assert.throws(() => decodeElf(new TextEncoder().encode("#!/bin/sh and so on")), /found 23 21 2f 62$/);
});

test("other classes, machines and kinds of file are refused by number", async () => {
  await assertRefused(changed(4, 16, 0x0101n), /ELF class 1, wanted 2/);
  await assertRefused(changed(4, 16, 0x0302n), /byte order 3, wanted 1 \(little\) or 2 \(big\)/);
  await assertRefused(changed(16, 16, 2n), /file of type 2, wanted a relocatable one/);
  await assertRefused(changed(18, 16, 62n), /file for machine 62, wanted BPF \(247\)/);
});

test("objects of compilers that knew no machine for BPF are taken", async () => {
  assert.equal(decodeElf(await changed(18, 16, 0n)).machine, 0);
});

test("a section table outside of the file is refused", async () => {
  await assertRefused(changed(SECTION_TABLE, 64, 0xffff_ffff_ffff_fff0n), /more than 2\^53/);
  await assertRefused(changed(SECTION_TABLE, 64, 0x10_0000n), /header of section 0 is at byte 1048576 of/);
  await assertRefused(changed(SECTION_COUNT, 16, 0xfeffn), /header of section \d+ is at byte|ends at byte/);
  await assertRefused(changed(58, 16, 32n), /section headers of 32 bytes, wanted 64/);
});

test("section numbers beyond 16 bits are refused clearly", async () => {
  await assertRefused(changed(SECTION_COUNT, 16, 0n), /more than 65279 sections/);
  await assertRefused(changed(NAME_SECTION, 16, 0xffffn), /beyond number 65279/);
  await assertRefused(changed(NAME_SECTION, 16, 3n), /section names are in section 3, which is no string table/);
});

test("a section outside of the file is refused", async () => {
  await assertRefused(changed(header("license", 32), 64, 0x1_0000_0000n), /section \d+ ends at byte \d+ of \d+/);
  await assertRefused(changed(header("license", 24), 64, 0x1_0000_0000_0000n), /section \d+ ends at byte \d+ of \d+/);
});

test("sections that lie over one another are refused: they would multiply the work", async () => {
  const bytes = await readFixture("maps.el.o");
  const { sections } = decodeElf(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = Number(view.getBigUint64(SECTION_TABLE, true));
  for (const { index } of sections.slice(2)) {
    view.setBigUint64(table + 64 * index + 24, 0n, true);
    view.setBigUint64(table + 64 * index + 32, BigInt(bytes.length), true);
  }
  assert.throws(() => decodeElf(bytes), /sections overlap: they take \d+ bytes of a file of \d+/);
});

test("a section without bytes in the file takes no memory, whatever its size", async () => {
  const bytes = await changed(header("license", 32), 64, 0x1f_ffff_ffff_ffffn).then((file) => {
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    return { file, view };
  });
  // The size alone is refused, so the place is found in the intact file.
  const intact = await readFixture("maps.el.o");
  const place = header("license", 4)(new DataView(intact.buffer, intact.byteOffset, intact.byteLength));
  bytes.view.setUint32(place, SectionType.NoBits, true);
  const section = decodeElf(bytes.file).sections.find(({ name }) => name === "license");
  assert.equal(section?.sizeBytes, Number.MAX_SAFE_INTEGER);
  assert.equal(section?.bytes.length, 0);
});

test("names outside of their table are refused", async () => {
  await assertRefused(changed(header("license", 0), 32, 0xffff_ffffn), /name of section \d+ is at byte 4294967295 of/);
});

test("symbols in sections that aren't there are refused", async () => {
  const { sections } = decodeElf(await readFixture("maps.el.o"));
  const table = sections.find(({ type }) => type === SectionType.SymTab)?.offset ?? 0;
  await assertRefused(changed(table + 24 + 6, 16, 0x1234n), /symbol 1 is in section 4660 of/);
  await assertRefused(changed(table + 24 + 6, 16, 0xffffn), /symbol 1 is in a section beyond number 65279/);
  await assertRefused(changed(table + 24, 32, 0x7fff_ffffn), /name of symbol 1 is at byte/);
});

test("relocations of symbols or places that aren't there are refused", async () => {
  const intact = decodeElf(await readFixture("maps.el.o"));
  const table = intact.sections.find(({ name }) => name === ".reltp/sched/sched_switch")?.offset ?? 0;
  const relocate = async (place: number, value: bigint): Promise<void> => {
    const file = decodeElf(await changed(place, 64, value));
    const section = file.sections.find(({ name }) => name === "tp/sched/sched_switch");
    assert.ok(section);
    relocationsOf(file, section);
  };
  await assert.rejects(relocate(table, 0xb0n), /relocation is at byte 176 of 176 of section "tp\/sched\/sched_switch"/);
  await assert.rejects(relocate(table + 8, 0xffff_ffff_0000_0001n), /relocation names symbol 4294967295 of/);
});

async function assertRefused(bytes: Promise<Uint8Array>, message: RegExp): Promise<void> {
  const file = await bytes;
  assert.throws(
    () => decodeElf(file),
    (error) => error instanceof FormatError && error.format === "elf" && message.test(error.message),
  );
}
