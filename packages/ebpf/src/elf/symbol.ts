import { ByteReader } from "../bytes/reader.ts";
import { FormatError } from "../errors.ts";
import { decodeName, type ElfSection, SectionNumber, SectionType } from "./section.ts";

/** What a symbol stands for. @source System V ABI, ELF-64 object file format, ELF64_ST_TYPE */
export const SymbolType = { NoType: 0, Object: 1, Function: 2, Section: 3, File: 4 } as const;

/** Who sees a symbol. @source System V ABI, ELF-64 object file format, ELF64_ST_BIND */
export const SymbolBinding = { Local: 0, Global: 1, Weak: 2 } as const;

/** How far a symbol is seen beyond its object. @source System V ABI, ELF-64 object file format, ELF64_ST_VISIBILITY */
export const SymbolVisibility = { Default: 0, Internal: 1, Hidden: 2, Protected: 3 } as const;

/** One symbol of an ELF file. */
export interface ElfSymbol {
  /** Its number, as relocations say it. */
  readonly index: number;
  /** The symbol's own name; a section's symbol has the section's. */
  readonly name: string;
  /** One of {@link SymbolType}, or another number up to 15. */
  readonly type: number;
  /** One of {@link SymbolBinding}, or another number up to 15. */
  readonly binding: number;
  /** One of {@link SymbolVisibility}. */
  readonly visibility: number;
  /** Number of the section that defines it; one of {@link SectionNumber} when none does. */
  readonly sectionIndex: number;
  /** Bytes from that section's start. */
  readonly value: number;
  /** Bytes of what it names; 0 when unknown. */
  readonly sizeBytes: number;
}

const SYMBOL_BYTES = 24;

/**
 * Decodes the symbol table; a file without one has no symbols.
 * @throws {FormatError} when there are two tables, a name is not in its string table, or a section number is out of range
 */
export function decodeSymbols(sections: readonly ElfSection[], littleEndian: boolean): ElfSymbol[] {
  const tables = sections.filter((section) => section.type === SectionType.SymTab);
  const table = tables[0];
  if (table === undefined) return [];
  if (tables.length > 1) throw new FormatError(`${tables.length} symbol tables, wanted one`, { format: "elf" });
  const reader = new ByteReader(table.bytes, { littleEndian, format: "elf", section: table.name });
  if (table.sizeBytes % SYMBOL_BYTES !== 0) {
    throw reader.error(`${table.sizeBytes} bytes are no multiple of a symbol's ${SYMBOL_BYTES}`);
  }
  const names = sections[table.link];
  if (names === undefined || names.type !== SectionType.StrTab) {
    throw reader.error(`names are in section ${table.link}, which is no string table`);
  }
  const symbols: ElfSymbol[] = [];
  const count = table.sizeBytes / SYMBOL_BYTES;
  for (let index = 0; index < count; index++) {
    const offset = reader.offset;
    const nameOffset = reader.u32("st_name");
    const info = reader.u8("st_info");
    const visibility = reader.u8("st_other") & 3;
    const sectionIndex = reader.u16("st_shndx");
    const value = reader.u64AsNumber("st_value");
    const sizeBytes = reader.u64AsNumber("st_size");
    const type = info & 15;
    if (sectionIndex === SectionNumber.Extended) {
      throw reader.error(`symbol ${index} is in a section beyond number 65279, which no BPF object needs`, offset);
    }
    if (sectionIndex >= sections.length && sectionIndex < SectionNumber.FirstReserved) {
      throw reader.error(`symbol ${index} is in section ${sectionIndex} of ${sections.length}`, offset);
    }
    const ownName = decodeName(names.bytes, nameOffset, `name of symbol ${index}`);
    const name = type === SymbolType.Section && ownName === "" ? (sections[sectionIndex]?.name ?? "") : ownName;
    symbols.push({ index, name, type, binding: info >> 4, visibility, sectionIndex, value, sizeBytes });
  }
  return symbols;
}
