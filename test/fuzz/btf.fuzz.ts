import { readFile } from "node:fs/promises";
import {
  alignOf,
  type BtfSpec,
  decodeBtf,
  decodeBtfExt,
  decodeElf,
  describeRelocation,
  EbpfError,
  encodeForKernel,
  type Instruction,
  R0,
  relocateInstructions,
  sizeOf,
} from "ebpf-ts/core";

const OBJECTS = ["core/local.el.o", "core/local.eb.o", "core/target.el.o", "core/kinds.el.o", "core/kinds.eb.o"];
const NO_SUPPORT = {
  funcs: false,
  dataSections: false,
  globalFuncs: false,
  float: false,
  declTag: false,
  typeTag: false,
  enum64: false,
};

/** Runs a step whose refusal doesn't keep the others from being tried. */
function attempt(step: () => unknown): void {
  try {
    step();
  } catch (error) {
    if (!(error instanceof EbpfError)) throw error;
  }
}

function visit(spec: BtfSpec): void {
  for (let id = 0; id < spec.typeCount; id++) {
    attempt(() => spec.typeById(id));
    attempt(() => sizeOf(spec, id));
    attempt(() => alignOf(spec, id));
    attempt(() => spec.idsByEssentialName(spec.nameOf(id)));
  }
}

/**
 * BTF and BTF.ext of testdata/core, changed: a seed is both, one behind the other, after the bytes of the first in 4 bytes. Every
 * type, line and relocation is read, and the relocations are made to fit the same types.
 */
export const target = {
  name: "btf",

  async seeds(): Promise<Uint8Array[]> {
    return Promise.all(
      OBJECTS.map(async (object) => {
        const { sections } = decodeElf(await readFile(`testdata/${object}`));
        const btf = sections.find(({ name }) => name === ".BTF")?.bytes ?? new Uint8Array(0);
        const ext = sections.find(({ name }) => name === ".BTF.ext")?.bytes ?? new Uint8Array(0);
        const seed = new Uint8Array(4 + btf.length + ext.length);
        new DataView(seed.buffer).setUint32(0, btf.length, true);
        seed.set(btf, 4);
        seed.set(ext, 4 + btf.length);
        return seed;
      }),
    );
  },

  run(bytes: Uint8Array): void {
    attempt(() => {
      if (bytes.length < 4) return;
      const split = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
      const spec = decodeBtf(bytes.subarray(4, split));
      attempt(() => spec.typeCount);
      attempt(() => visit(spec));
      attempt(() => encodeForKernel(spec, { supports: NO_SUPPORT }));
      const ext = decodeBtfExt(bytes.subarray(split), { spec, littleEndian: spec.littleEndian });
      for (const line of [...ext.lines.values()].flat()) attempt(() => line.text + line.file);
      const insns = [...ext.relocations.values()].flat().map((core): Instruction => {
        describeRelocation(spec, core);
        return { opcode: 0xb7, dst: R0, src: R0, offset: 0, imm: 0, meta: { core } };
      });
      for (const insn of insns.slice(0, 64)) {
        attempt(() => relocateInstructions([insn], { program: "fuzz", local: spec, targets: [spec] }));
      }
    });
  },
};
