import { SLOT_BYTES } from "../asm/instruction.ts";
import { type ElfSection, SectionFlag, SectionType } from "../elf/section.ts";
import { type ElfSymbol, SymbolBinding, SymbolType } from "../elf/symbol.ts";
import { FormatError } from "../errors.ts";
import type { ObjectFile } from "./object-file.ts";

/** A function of the object: its place, and what it's called. */
export interface FunctionPlace {
  /** The symbol's name; a static function that shares it with another function has a number behind it. */
  readonly name: string;
  readonly section: ElfSection;
  /** First byte in the section. */
  readonly start: number;
  /** Byte behind the last. */
  readonly end: number;
  /** Whether it is loaded by itself; functions of `.text` are only called. */
  readonly isProgram: boolean;
}

/** Section of the functions that are no programs. */
const CALLED_ONLY = ".text";

/** Functions by the number of their section and their first byte. */
export type FunctionIndex = ReadonlyMap<number, ReadonlyMap<number, FunctionPlace>>;

/**
 * Finds the functions of all sections of code: each from its symbol to its size, or to the next one when it has none.
 * @throws {FormatError} when code has no function, functions overlap, or two that others may name have one name
 */
export function findFunctions(object: ObjectFile): FunctionPlace[] {
  const found: { readonly symbol: ElfSymbol; readonly place: Omit<FunctionPlace, "name"> }[] = [];
  const taken = new Map<string, number>();
  for (const section of object.elf.sections.filter(isCode)) {
    const isProgram = section.name !== CALLED_ONLY;
    const symbols = (object.symbolsOf.get(section.index) ?? [])
      .filter((symbol) => symbol.type === SymbolType.Function)
      .sort((a, b) => a.value - b.value);
    if (symbols.length === 0) throw fault(section, `no function symbol for ${section.sizeBytes} bytes of code`, 0);
    for (const [index, symbol] of symbols.entries()) {
      const next = symbols[index + 1]?.value ?? section.sizeBytes;
      const end = symbol.sizeBytes === 0 ? next : symbol.value + symbol.sizeBytes;
      checkPlace(section, symbol, end, next);
      found.push({ symbol, place: { section, start: symbol.value, end, isProgram } });
      if (mayBeRenamed(symbol, isProgram)) continue;
      if (taken.has(symbol.name)) throw fault(section, `second function named "${symbol.name}"`, symbol.value);
      taken.set(symbol.name, 1);
    }
  }
  return found.map(({ symbol, place }) => ({
    ...place,
    name: mayBeRenamed(symbol, place.isProgram) ? takeName(symbol.name, taken) : symbol.name,
  }));
}

/** Makes an index of functions, by which calls find them. */
export function indexFunctions(places: readonly FunctionPlace[]): FunctionIndex {
  const index = new Map<number, Map<number, FunctionPlace>>();
  for (const place of places) {
    const ofSection = index.get(place.section.index);
    if (ofSection === undefined) index.set(place.section.index, new Map([[place.start, place]]));
    else ofSection.set(place.start, place);
  }
  return index;
}

function isCode(section: ElfSection): boolean {
  return (
    section.type === SectionType.ProgBits && (section.flags & SectionFlag.ExecInstr) !== 0 && section.sizeBytes > 0
  );
}

/** Nobody outside of the object names static functions, and objects that were linked of several may have many of one name. */
function mayBeRenamed(symbol: ElfSymbol, isProgram: boolean): boolean {
  return symbol.binding === SymbolBinding.Local && !isProgram;
}

function checkPlace(section: ElfSection, symbol: ElfSymbol, end: number, next: number): void {
  const name = `function "${symbol.name}"`;
  if (symbol.name === "") throw fault(section, "function without a name", symbol.value);
  if (end > section.sizeBytes)
    throw fault(section, `${name} ends at byte ${end} of ${section.sizeBytes}`, symbol.value);
  if (end > next)
    throw fault(section, `${name} ends at byte ${end}, behind the start of the next at ${next}`, symbol.value);
  if (symbol.value % SLOT_BYTES !== 0 || end % SLOT_BYTES !== 0 || end === symbol.value) {
    throw fault(
      section,
      `${name} has bytes ${symbol.value} to ${end}, wanted a multiple of ${SLOT_BYTES}`,
      symbol.value,
    );
  }
}

/** Takes a name that no other function has; `taken` keeps the last number of each, as looking for it anew would take long. */
function takeName(wanted: string, taken: Map<string, number>): string {
  let number = taken.get(wanted);
  if (number === undefined) {
    taken.set(wanted, 1);
    return wanted;
  }
  let name: string;
  do name = `${wanted}.${++number}`;
  while (taken.has(name));
  taken.set(wanted, number);
  taken.set(name, 1);
  return name;
}

function fault(section: ElfSection, message: string, offset: number): FormatError {
  return new FormatError(`section "${section.name}": ${message}`, { format: "elf", section: section.name, offset });
}
