import { sizeOf } from "../btf/layout.ts";
import type { BtfSpec } from "../btf/spec.ts";
import { type ElfSection, SectionType } from "../elf/section.ts";
import { type ElfSymbol, SymbolBinding, SymbolType, SymbolVisibility } from "../elf/symbol.ts";
import { FormatError, UnsupportedError } from "../errors.ts";
import { MapType } from "./map-type.gen.ts";
import { emptyMap } from "./maps.ts";
import type { ObjectFile } from "./object-file.ts";
import type { MapSpec } from "./spec.ts";
import { VariableSpec } from "./variables.ts";

/** Programs may only read the map. @source kernel: include/uapi/linux/bpf.h, BPF_F_RDONLY_PROG */
export const MAP_READ_ONLY_PROGRAM = 0x80;

/** User space may map the values into its memory. @source kernel: include/uapi/linux/bpf.h, BPF_F_MMAPABLE */
export const MAP_MMAPABLE = 0x400;

// More than any program's globals, and little enough for any machine: `.bss` has a size without having bytes.
const MOST_DATA_BYTES = 256 * 2 ** 20;

/** A section of global variables and the map that will hold it. */
export interface DataSection {
  readonly section: ElfSection;
  readonly map: MapSpec;
}

/** Whether a section of that name holds global variables or constants. */
export function isDataSection(name: string): boolean {
  return name.startsWith(".data") || name.startsWith(".rodata") || name.startsWith(".bss");
}

/**
 * Makes a map of one entry of each section of data; the entry's value is a copy of the section's bytes.
 *
 * | section | flags | frozen |
 * | --- | --- | --- |
 * | `.rodata*` | BPF_F_MMAPABLE, BPF_F_RDONLY_PROG | yes |
 * | `.data*`, `.bss*` | BPF_F_MMAPABLE | no |
 *
 * The value's type is the section's in BTF. Empty sections are left out.
 *
 * @throws {FormatError} when the sections take more than 256 MiB together
 */
export function decodeDataSections(object: ObjectFile): DataSection[] {
  const found: DataSection[] = [];
  let totalBytes = 0;
  for (const section of object.elf.sections) {
    const hasData = section.type === SectionType.ProgBits || section.type === SectionType.NoBits;
    if (!hasData || section.sizeBytes === 0 || !isDataSection(section.name)) continue;
    totalBytes += section.sizeBytes;
    if (totalBytes > MOST_DATA_BYTES) {
      throw new FormatError(`section "${section.name}": global variables take more than ${MOST_DATA_BYTES} bytes`, {
        format: "elf",
        section: section.name,
      });
    }
    const isConstant = section.name.startsWith(".rodata");
    const value =
      section.type === SectionType.NoBits ? new Uint8Array(section.sizeBytes) : new Uint8Array(section.bytes);
    const map: MapSpec = {
      ...emptyMap(section.name),
      type: MapType.Array,
      keySize: 4,
      valueSize: section.sizeBytes,
      maxEntries: 1,
      flags: isConstant ? MAP_MMAPABLE | MAP_READ_ONLY_PROGRAM : MAP_MMAPABLE,
      valueTypeId: object.types?.findId(section.name, "data-section") ?? 0,
      contents: [{ key: new Uint8Array(4), value }],
      dataSection: section.name,
      isFrozen: isConstant,
    };
    found.push({ section, map });
  }
  return found;
}

/**
 * Lists the global variables of a section of data: those that other objects could name too. Static and hidden ones are
 * the program's own.
 *
 * @throws {FormatError} when a variable lies outside of its section, over another, or is larger in BTF than in the file
 */
export function decodeVariables(object: ObjectFile, { section, map }: DataSection): VariableSpec[] {
  const symbols = (object.symbolsOf.get(section.index) ?? []).filter(isGlobalVariable);
  if (symbols.length === 0) return [];
  const typeIds = variableTypes(object.types, map.valueTypeId);
  let previousEnd = 0;
  let previousName = "";
  return symbols
    .sort((a, b) => a.value - b.value)
    .map(({ name, value: offset, sizeBytes }) => {
      const end = offset + sizeBytes;
      if (end > section.sizeBytes) {
        throw fault(section, `variable "${name}" ends at byte ${end} of ${section.sizeBytes}`, offset);
      }
      if (offset < previousEnd) throw fault(section, `variables "${previousName}" and "${name}" overlap`, offset);
      previousEnd = end;
      previousName = name;
      const typeId = typeIds.get(name) ?? 0;
      const typeBytes = object.types === undefined || typeId === 0 ? 0 : sizeOf(object.types, typeId);
      if (typeBytes > sizeBytes) {
        throw fault(section, `variable "${name}" has ${sizeBytes} bytes, but its type has ${typeBytes}`, offset);
      }
      return new VariableSpec({
        name,
        offset,
        sizeBytes,
        typeId,
        map,
        types: object.types,
        littleEndian: object.elf.littleEndian,
      });
    });
}

/**
 * Refuses a section whose bytes hold addresses, which are unknown until it is loaded and can't be written into a map.
 * @throws {UnsupportedError} when the section has relocations
 */
export function refuseAddresses(object: ObjectFile, section: ElfSection): void {
  const [table] = object.elf.relocationSections.get(section.index) ?? [];
  if (table === undefined || table.sizeBytes === 0) return;
  throw new UnsupportedError(
    `section "${section.name}" holds addresses (see "${table.name}"), which isn't supported; set the pointers in the program`,
    { feature: "initialised pointers" },
  );
}

function isGlobalVariable(symbol: ElfSymbol): boolean {
  return (
    symbol.type === SymbolType.Object &&
    symbol.sizeBytes > 0 &&
    (symbol.binding === SymbolBinding.Global || symbol.binding === SymbolBinding.Weak) &&
    symbol.visibility === SymbolVisibility.Default
  );
}

/** Type ids by name of the variables that BTF lists for a section. */
function variableTypes(types: BtfSpec | undefined, dataSectionId: number): Map<string, number> {
  const typeIds = new Map<string, number>();
  const dataSection = types?.typeById(dataSectionId);
  if (types === undefined || dataSection?.kind !== "data-section") return typeIds;
  for (const { typeId } of dataSection.variables) {
    const variable = types.typeById(typeId);
    if (variable.kind === "variable") typeIds.set(variable.name, variable.typeId);
  }
  return typeIds;
}

function fault(section: ElfSection, message: string, offset: number): FormatError {
  return new FormatError(`section "${section.name}": ${message}`, { format: "elf", section: section.name, offset });
}
