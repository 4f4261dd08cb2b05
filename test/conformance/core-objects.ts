import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import {
  type BtfSpec,
  decodeBtf,
  decodeBtfExt,
  decodeElf,
  decodeInstructions,
  type Instruction,
  SLOT_BYTES,
  slotsOf,
} from "ebpf-ts/core";

/** The bytes of a section of an object of testdata/core. */
export async function sectionOf(object: string, name: string): Promise<Uint8Array> {
  const section = decodeElf(await readFile(`testdata/core/${object}`)).sections.find((each) => each.name === name);
  assert.ok(section, `${object} has no ${name}`);
  return section.bytes;
}

/** The object's programs with the relocations of `.BTF.ext`, by name. */
export async function programsOf(object: string): Promise<Map<string, { spec: BtfSpec; insns: Instruction[] }>> {
  const file = decodeElf(await readFile(`testdata/core/${object}`));
  const { littleEndian } = file;
  const spec = decodeBtf(await sectionOf(object, ".BTF"));
  const ext = decodeBtfExt(await sectionOf(object, ".BTF.ext"), { spec, littleEndian });
  const programs = new Map<string, { spec: BtfSpec; insns: Instruction[] }>();
  for (const { name, bytes } of file.sections) {
    if (!name.startsWith("raw_tp/")) continue;
    const relocations = new Map(ext.relocations.get(name)?.map((relocation) => [relocation.insnOffset, relocation]));
    let offset = 0;
    const insns = decodeInstructions(bytes, littleEndian).map((insn) => {
      const core = relocations.get(offset);
      offset += slotsOf(insn) * SLOT_BYTES;
      return core === undefined ? insn : { ...insn, meta: { core } };
    });
    programs.set(name.slice("raw_tp/".length), { spec, insns });
  }
  return programs;
}
