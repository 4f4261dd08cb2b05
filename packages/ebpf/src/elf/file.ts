import { ByteReader } from "../bytes/reader.ts";
import { FormatError } from "../errors.ts";
import { indexRelocationSections } from "./relocation.ts";
import { decodeSections, type ElfSection, SECTION_HEADER_BYTES, SectionNumber } from "./section.ts";
import { decodeSymbols, type ElfSymbol } from "./symbol.ts";

/** Machine of BPF objects. @source kernel: include/uapi/linux/elf-em.h, EM_BPF */
export const EM_BPF = 247;

/** Machine of objects by compilers that knew no BPF yet. @source kernel: include/uapi/linux/elf-em.h, EM_NONE */
export const EM_NONE = 0;

/** A relocatable file, as linkers take it. @source kernel: include/uapi/linux/elf.h, ET_REL */
export const ET_REL = 1;

/** An ELF file's sections and symbols; section bytes are views of the input. */
export interface ElfFile {
  readonly littleEndian: boolean;
  /** Kind of file: {@link ET_REL}. */
  readonly type: number;
  /** {@link EM_BPF} or {@link EM_NONE}. */
  readonly machine: number;
  /** All sections by number; the first is empty. */
  readonly sections: readonly ElfSection[];
  /** All symbols by number; the first is empty. */
  readonly symbols: readonly ElfSymbol[];
  /** Relocation sections by the number of the section that they patch. */
  readonly relocationSections: ReadonlyMap<number, readonly ElfSection[]>;
}

const IDENT_BYTES = 16;
const MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const DATA_LITTLE = 1;
const DATA_BIG = 2;

/**
 * Decodes a relocatable ELF64 file of either byte order, for BPF or no machine.
 * @param input the file; not copied
 * @throws {FormatError} when the bytes are no such file, or a part of it lies outside of another
 */
export function decodeElf(input: Uint8Array): ElfFile {
  // Node's Buffer is a Uint8Array too, but its slice() copies nothing: sections are views of the plain kind.
  const bytes = new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
  const littleEndian = decodeIdent(bytes);
  const reader = new ByteReader(bytes, { littleEndian, format: "elf" });
  reader.skip(IDENT_BYTES, "e_ident");
  const type = reader.u16("e_type");
  if (type !== ET_REL) throw reader.error(`file of type ${type}, wanted a relocatable one (${ET_REL})`, 16);
  const machine = reader.u16("e_machine");
  if (machine !== EM_BPF && machine !== EM_NONE) {
    throw reader.error(`file for machine ${machine}, wanted BPF (${EM_BPF}) or none (${EM_NONE})`, 18);
  }
  reader.seek(40, "e_shoff");
  const offset = reader.u64AsNumber("e_shoff");
  reader.seek(58, "e_shentsize");
  const headerBytes = reader.u16("e_shentsize");
  const count = reader.u16("e_shnum");
  const nameSection = reader.u16("e_shstrndx");
  if (count === 0) {
    throw reader.error(
      offset === 0 ? "file has no sections" : "more than 65279 sections, which no BPF object needs",
      60,
    );
  }
  if (headerBytes !== SECTION_HEADER_BYTES) {
    throw reader.error(`section headers of ${headerBytes} bytes, wanted ${SECTION_HEADER_BYTES}`, 58);
  }
  if (nameSection === SectionNumber.Extended) {
    throw reader.error("section names are in a section beyond number 65279, which no BPF object needs", 62);
  }
  const sections = decodeSections(bytes, littleEndian, { offset, count, nameSection });
  const symbols = decodeSymbols(sections, littleEndian);
  return { littleEndian, type, machine, sections, symbols, relocationSections: indexRelocationSections(sections) };
}

/** Checks the 16 bytes that every ELF file starts with; says whether the rest is little-endian. */
function decodeIdent(bytes: Uint8Array): boolean {
  const reader = new ByteReader(bytes, { littleEndian: false, format: "elf" });
  if (bytes.length < IDENT_BYTES || reader.u32("magic") !== MAGIC) {
    throw new FormatError(`no ELF file: wanted 7f 45 4c 46 at its start, found ${startOf(bytes)}`, {
      format: "elf",
      offset: 0,
    });
  }
  const width = reader.u8("EI_CLASS");
  if (width !== CLASS_64) throw reader.error(`ELF class ${width}, wanted ${CLASS_64} (64-bit)`, 4);
  const order = reader.u8("EI_DATA");
  if (order !== DATA_LITTLE && order !== DATA_BIG) {
    throw reader.error(`byte order ${order}, wanted ${DATA_LITTLE} (little) or ${DATA_BIG} (big)`, 5);
  }
  return order === DATA_LITTLE;
}

function startOf(bytes: Uint8Array): string {
  const start = [...bytes.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, "0"));
  return start.length === 0 ? "nothing" : start.join(" ");
}
