import { decodeCString } from "../bytes/cstring.ts";
import { ByteReader } from "../bytes/reader.ts";
import { FormatError } from "../errors.ts";

/** Kinds of section that are looked at. @source System V ABI, ELF-64 object file format, sh_type */
export const SectionType = { Null: 0, ProgBits: 1, SymTab: 2, StrTab: 3, Rela: 4, NoBits: 8, Rel: 9 } as const;

/** Bits of a section's flags. @source System V ABI, ELF-64 object file format, sh_flags */
export const SectionFlag = { Write: 0x1, Alloc: 0x2, ExecInstr: 0x4 } as const;

/** Section numbers that name no section. @source System V ABI, ELF-64 object file format, st_shndx */
export const SectionNumber = {
  Undefined: 0,
  FirstReserved: 0xff00,
  Absolute: 0xfff1,
  Common: 0xfff2,
  Extended: 0xffff,
} as const;

/** One section of an ELF file. */
export interface ElfSection {
  /** Its number, as symbols and relocations say it. */
  readonly index: number;
  readonly name: string;
  /** One of {@link SectionType}, or another number. */
  readonly type: number;
  /** Bits of {@link SectionFlag} and others; the lower 32 of 64. */
  readonly flags: number;
  /** Bytes from the file's start; without meaning for `NoBits`. */
  readonly offset: number;
  /** Bytes in memory; for `NoBits` none of them are in the file, and nothing bounds the number. */
  readonly sizeBytes: number;
  /** Number of a section that this one needs: the strings of symbols, the symbols of relocations. */
  readonly link: number;
  /** For relocations the number of the section that they patch. */
  readonly info: number;
  /** Bytes of one entry of a table; 0 for other sections. */
  readonly entryBytes: number;
  /** A view of the file's bytes; empty for `NoBits`. */
  readonly bytes: Uint8Array;
}

/** Bytes of a section header in ELF64. */
export const SECTION_HEADER_BYTES = 64;

// Names are looked up by offset, so that a file could make each of its symbols name one huge string.
const MOST_NAME_BYTES = 4096;

/** Where the section headers are, as the file's header says. */
export interface SectionTable {
  /** Bytes from the file's start. */
  readonly offset: number;
  readonly count: number;
  /** Number of the section that holds the sections' names. */
  readonly nameSection: number;
}

/**
 * Decodes the section headers and slices the file by them.
 * @throws {FormatError} when a section or name lies outside of the file, or sections lie over one another
 */
export function decodeSections(bytes: Uint8Array, littleEndian: boolean, table: SectionTable): ElfSection[] {
  const reader = new ByteReader(bytes, { littleEndian, format: "elf" });
  const headers: (Omit<ElfSection, "name"> & { readonly nameOffset: number })[] = [];
  let fileBytes = 0;
  for (let index = 0; index < table.count; index++) {
    reader.seek(table.offset + index * SECTION_HEADER_BYTES, `header of section ${index}`);
    const nameOffset = reader.u32("sh_name");
    const type = reader.u32("sh_type");
    const flags = reader.u64Halves("sh_flags").low;
    reader.skip(8, "sh_addr");
    const offset = reader.u64AsNumber("sh_offset");
    const sizeBytes = reader.u64AsNumber("sh_size");
    const link = reader.u32("sh_link");
    const info = reader.u32("sh_info");
    reader.skip(8, "sh_addralign");
    const entryBytes = reader.u64AsNumber("sh_entsize");
    const isInFile = type !== SectionType.NoBits && type !== SectionType.Null;
    if (isInFile) {
      if (offset + sizeBytes > bytes.length) {
        throw reader.error(`section ${index} ends at byte ${offset + sizeBytes} of ${bytes.length}`, offset);
      }
      fileBytes += sizeBytes;
    }
    const content = isInFile ? bytes.subarray(offset, offset + sizeBytes) : bytes.subarray(0, 0);
    headers.push({ index, nameOffset, type, flags, offset, sizeBytes, link, info, entryBytes, bytes: content });
  }
  // Sections that share bytes would let a small file ask for unbounded work.
  if (fileBytes > bytes.length) {
    throw new FormatError(`sections overlap: they take ${fileBytes} bytes of a file of ${bytes.length}`, {
      format: "elf",
    });
  }
  const names = headers[table.nameSection];
  if (names === undefined || names.type !== SectionType.StrTab) {
    throw new FormatError(`section names are in section ${table.nameSection}, which is no string table`, {
      format: "elf",
    });
  }
  return headers.map((header) => ({
    index: header.index,
    name: decodeName(names.bytes, header.nameOffset, `name of section ${header.index}`),
    type: header.type,
    flags: header.flags,
    offset: header.offset,
    sizeBytes: header.sizeBytes,
    link: header.link,
    info: header.info,
    entryBytes: header.entryBytes,
    bytes: header.bytes,
  }));
}

/**
 * Decodes the NUL-terminated name at `offset` of a string table.
 * @throws {FormatError} when it starts or ends outside of the table, or is longer than any compiler makes one
 */
export function decodeName(table: Uint8Array, offset: number, what: string): string {
  if (offset >= table.length) {
    if (offset === 0) return "";
    throw new FormatError(`${what} is at byte ${offset} of ${table.length} of the string table`, {
      format: "elf",
      offset,
    });
  }
  const most = Math.min(table.length, offset + MOST_NAME_BYTES);
  const end = table.subarray(offset, most).indexOf(0);
  if (end < 0) {
    const fault = most === table.length ? "has no end in the string table" : `is longer than ${MOST_NAME_BYTES} bytes`;
    throw new FormatError(`${what} ${fault}`, { format: "elf", offset });
  }
  return decodeCString(table, offset, offset + end);
}
