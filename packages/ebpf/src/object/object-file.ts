import { type BtfExt, decodeBtfExt } from "../btf/ext-info.ts";
import type { BtfSpec } from "../btf/spec.ts";
import { decodeElf, type ElfFile } from "../elf/file.ts";
import { type ElfSection, SectionType } from "../elf/section.ts";
import { type ElfSymbol, SymbolType } from "../elf/symbol.ts";
import { decodeTypes } from "./types.ts";

/** An object's file with what every step of decoding it looks at. */
export interface ObjectFile {
  readonly elf: ElfFile;
  /** The object's types; undefined when it has none. */
  readonly types: BtfSpec | undefined;
  /** Functions, lines and CO-RE relocations; undefined when the object has none. */
  readonly extInfo: BtfExt | undefined;
  /** Symbols by the number of their section, without those of sections and files. */
  readonly symbolsOf: ReadonlyMap<number, readonly ElfSymbol[]>;
}

/**
 * Decodes an object's file: sections, symbols and type information; debugging sections stay untouched.
 * @throws {FormatError} when the file, `.BTF` or `.BTF.ext` isn't what its format says
 */
export function decodeObjectFile(bytes: Uint8Array): ObjectFile {
  const elf = decodeElf(bytes);
  let btf: ElfSection | undefined;
  let btfExt: ElfSection | undefined;
  for (const section of elf.sections) {
    if (section.type !== SectionType.ProgBits) continue;
    if (section.name === ".BTF") btf = section;
    else if (section.name === ".BTF.ext") btfExt = section;
  }
  const types = btf === undefined ? undefined : decodeTypes(elf, btf);
  const extInfo =
    btfExt === undefined || types === undefined
      ? undefined
      : decodeBtfExt(btfExt.bytes, { spec: types, littleEndian: elf.littleEndian });
  return { elf, types, extInfo, symbolsOf: groupBySection(elf.symbols) };
}

function groupBySection(symbols: readonly ElfSymbol[]): Map<number, ElfSymbol[]> {
  const groups = new Map<number, ElfSymbol[]>();
  for (const symbol of symbols) {
    if (symbol.type === SymbolType.Section || symbol.type === SymbolType.File) continue;
    const group = groups.get(symbol.sectionIndex);
    if (group === undefined) groups.set(symbol.sectionIndex, [symbol]);
    else group.push(symbol);
  }
  return groups;
}
