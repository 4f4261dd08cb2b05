import type { Instruction, Reference } from "../asm/instruction.ts";
import { LD_IMM64, SLOT_BYTES } from "../asm/instruction.ts";
import { CALL, CallMark, LoadMark } from "../asm/opcode.ts";
import { type ElfRelocation, RelocationType } from "../elf/relocation.ts";
import { SectionNumber } from "../elf/section.ts";
import { type ElfSymbol, SymbolBinding } from "../elf/symbol.ts";
import { FormatError, RelocationError, UnsupportedError } from "../errors.ts";
import type { FunctionIndex, FunctionPlace } from "./functions.ts";
import type { ObjectFile } from "./object-file.ts";

/** What instructions can refer to, by the number of its section. */
export interface ReferenceTargets {
  /** Names of maps by the byte that their definition starts at. */
  readonly maps: ReadonlyMap<number, ReadonlyMap<number, string>>;
  /** Maps of global variables, and their sizes. */
  readonly data: ReadonlyMap<number, { readonly name: string; readonly sizeBytes: number }>;
  readonly functions: FunctionIndex;
}

/** An instruction's place, for errors and for distances. */
export interface InstructionPlace {
  /** The function that holds it. */
  readonly place: FunctionPlace;
  /** Bytes from the section's start. */
  readonly offset: number;
}

/**
 * Says what an instruction refers to, by its relocation, or as a call that the assembler resolved within its section.
 * @returns undefined when it refers to nothing
 * @throws {RelocationError} when the target isn't there, or an instruction of that kind can't refer to it
 * @throws {UnsupportedError} when the target is the kernel's: a configuration value, function or variable
 */
export function referenceOf(
  object: ObjectFile,
  targets: ReferenceTargets,
  insn: Instruction,
  at: InstructionPlace,
  relocation: ElfRelocation | undefined,
): Reference | undefined {
  if (relocation !== undefined) {
    const { symbol, type } = relocation;
    if (symbol.sectionIndex === SectionNumber.Undefined) throw undefinedSymbol(object, symbol, at);
    if (type === RelocationType.Insn64 && insn.opcode === LD_IMM64) return addressOf(object, targets, insn, at, symbol);
    // The immediate counts from the next slot, and in slots; a symbol's own place is stated as -1.
    if (type === RelocationType.Insn32 && insn.opcode === CALL) {
      return functionAt(targets, symbol.sectionIndex, symbol.value + (insn.imm + 1) * SLOT_BYTES, at, symbol.name);
    }
    throw fault(at, symbol.name, `relocation of type ${type} on opcode 0x${insn.opcode.toString(16)}`);
  }
  const isLocalCall = insn.opcode === CALL && insn.src === CallMark.Function;
  if (isLocalCall) {
    const target = at.offset + (insn.imm + 1) * SLOT_BYTES;
    return functionAt(targets, at.place.section.index, target, at, `byte ${target}`);
  }
  if (insn.opcode === LD_IMM64 && insn.src !== LoadMark.Constant) {
    throw fault(at, "nothing", `load marked ${insn.src} has no relocation`);
  }
  return undefined;
}

function addressOf(
  object: ObjectFile,
  targets: ReferenceTargets,
  insn: Instruction,
  at: InstructionPlace,
  symbol: ElfSymbol,
): Reference {
  // Compilers write the addend into the lower half only.
  const offset = symbol.value + Number(BigInt.asIntN(32, insn.imm64 ?? 0n));
  const maps = targets.maps.get(symbol.sectionIndex);
  if (maps !== undefined) {
    const map = maps.get(offset);
    if (map !== undefined) return { kind: "map", map };
    throw fault(at, symbol.name, `no map starts at byte ${offset}; a static one can't be named`, [...maps.values()]);
  }
  const data = targets.data.get(symbol.sectionIndex);
  if (data !== undefined) {
    if (offset >= 0 && offset < data.sizeBytes) return { kind: "map-value", map: data.name, offset };
    throw fault(at, symbol.name, `byte ${offset} of the ${data.sizeBytes} of section "${data.name}"`);
  }
  if (targets.functions.has(symbol.sectionIndex)) {
    return functionAt(targets, symbol.sectionIndex, offset, at, symbol.name);
  }
  const section = object.elf.sections[symbol.sectionIndex]?.name;
  throw fault(at, symbol.name, `section "${section ?? symbol.sectionIndex}" holds neither maps, data nor functions`);
}

function functionAt(
  targets: ReferenceTargets,
  sectionIndex: number,
  offset: number,
  at: InstructionPlace,
  what: string,
): Reference {
  const functions = targets.functions.get(sectionIndex);
  const found = functions?.get(offset);
  if (found !== undefined) return { kind: "function", name: found.name };
  const names = [...(functions?.values() ?? [])].map((place) => place.name);
  throw fault(at, what, `no function starts at byte ${offset} of section ${sectionIndex}`, names);
}

/** Undefined symbols are the kernel's when BTF lists them, else a mistake in linking. */
function undefinedSymbol(object: ObjectFile, symbol: ElfSymbol, at: InstructionPlace): Error {
  for (const sectionName of [".kconfig", ".ksyms"]) {
    const section = object.types?.typeById(object.types.findId(sectionName, "data-section") ?? 0);
    if (section?.kind !== "data-section") continue;
    if (!section.variables.some(({ typeId }) => object.types?.nameOf(typeId) === symbol.name)) continue;
    const what = sectionName === ".kconfig" ? "kernel configuration" : "kernel symbol";
    return new UnsupportedError(
      `program "${at.place.name}" refers to the ${what} "${symbol.name}", which isn't supported`,
      {
        feature: `${sectionName} externs`,
      },
    );
  }
  const weak = symbol.binding === SymbolBinding.Weak ? "weak " : "";
  return fault(at, symbol.name, `${weak}symbol is not defined in the object`);
}

function fault(
  at: InstructionPlace,
  what: string,
  problem: string,
  candidates: readonly string[] = [],
): RelocationError {
  const insn = (at.offset - at.place.start) / SLOT_BYTES;
  return new RelocationError(`program "${at.place.name}", instruction ${insn}: reference to "${what}": ${problem}`, {
    program: at.place.name,
    insn,
    relocation: what,
    candidates,
  });
}

/**
 * Keys a section's relocations by the byte that they patch.
 * @throws {FormatError} when two patch one place
 */
export function indexRelocations(section: string, relocations: readonly ElfRelocation[]): Map<number, ElfRelocation> {
  const index = new Map<number, ElfRelocation>();
  for (const relocation of relocations) {
    if (index.has(relocation.offset)) {
      throw new FormatError(`section "${section}": two relocations of byte ${relocation.offset}`, {
        format: "elf",
        section,
        offset: relocation.offset,
      });
    }
    index.set(relocation.offset, relocation);
  }
  return index;
}
