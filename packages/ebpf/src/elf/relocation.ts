import { ByteReader } from "../bytes/reader.ts";
import { FormatError } from "../errors.ts";
import type { ElfFile } from "./file.ts";
import { type ElfSection, SectionType } from "./section.ts";
import type { ElfSymbol } from "./symbol.ts";

/**
 * Ways to patch a place in a BPF object. The addend is what the place holds before.
 *
 * | type | place | becomes |
 * | --- | --- | --- |
 * | `Insn64` | both immediates of `ld_imm64` | address of a symbol |
 * | `Abs64`, `Abs32` | 8 or 4 bytes of data | address of a symbol |
 * | `NoDyld32` | 4 bytes of `.BTF` or `.BTF.ext` | offset in a section |
 * | `Insn32` | immediate of a call | distance to a function, in slots |
 *
 * @source kernel: Documentation/bpf/llvm_reloc.rst
 */
export const RelocationType = { None: 0, Insn64: 1, Abs64: 2, Abs32: 3, NoDyld32: 4, Insn32: 10 } as const;

/** A place that the compiler left for the loader to fill. */
export interface ElfRelocation {
  /** Bytes from the start of the section that is patched. */
  readonly offset: number;
  /** One of {@link RelocationType}, or another number. */
  readonly type: number;
  /** What the place refers to. */
  readonly symbol: ElfSymbol;
}

const REL_BYTES = 16;

/**
 * Decodes the relocations that patch `section`, in the file's order.
 * @throws {FormatError} when a place is outside of the section, a symbol isn't in the table, or addends are stored apart (RELA)
 */
export function relocationsOf(file: ElfFile, section: ElfSection): ElfRelocation[] {
  const relocations: ElfRelocation[] = [];
  for (const table of file.relocationSections.get(section.index) ?? []) {
    const reader = new ByteReader(table.bytes, {
      littleEndian: file.littleEndian,
      format: "elf",
      section: table.name,
    });
    if (table.type !== SectionType.Rel) throw reader.error("relocations with addends (RELA), wanted REL");
    if (table.sizeBytes % REL_BYTES !== 0) {
      throw reader.error(`${table.sizeBytes} bytes are no multiple of a relocation's ${REL_BYTES}`);
    }
    while (reader.remaining > 0) {
      const place = reader.offset;
      const offset = reader.u64AsNumber("r_offset");
      const { low: type, high: symbolIndex } = reader.u64Halves("r_info");
      const symbol = file.symbols[symbolIndex];
      if (offset >= section.sizeBytes) {
        throw reader.error(
          `relocation is at byte ${offset} of ${section.sizeBytes} of section "${section.name}"`,
          place,
        );
      }
      if (symbol === undefined) {
        throw reader.error(`relocation names symbol ${symbolIndex} of ${file.symbols.length}`, place);
      }
      relocations.push({ offset, type, symbol });
    }
  }
  return relocations;
}

/**
 * Groups the relocation sections by the number of the section that they patch.
 * @throws {FormatError} when one patches a section that isn't there
 */
export function indexRelocationSections(sections: readonly ElfSection[]): Map<number, ElfSection[]> {
  const index = new Map<number, ElfSection[]>();
  for (const section of sections) {
    if (section.type !== SectionType.Rel && section.type !== SectionType.Rela) continue;
    if (section.info >= sections.length) {
      throw new FormatError(`section "${section.name}" patches section ${section.info} of ${sections.length}`, {
        format: "elf",
        section: section.name,
      });
    }
    const group = index.get(section.info);
    if (group === undefined) index.set(section.info, [section]);
    else group.push(section);
  }
  return index;
}
