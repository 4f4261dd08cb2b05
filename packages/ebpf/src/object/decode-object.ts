import type { Instruction } from "../asm/instruction.ts";
import { decodeCString } from "../bytes/cstring.ts";
import { ByteReader } from "../bytes/reader.ts";
import { relocationsOf } from "../elf/relocation.ts";
import { type ElfSection, SectionType } from "../elf/section.ts";
import { FormatError, UnsupportedError } from "../errors.ts";
import { decodeCode } from "./code.ts";
import { type DataSection, decodeDataSections, decodeVariables, refuseAddresses } from "./data-sections.ts";
import { type FunctionPlace, findFunctions, indexFunctions } from "./functions.ts";
import { decodeLegacyMapSection, decodeMapSection } from "./maps.ts";
import { decodeObjectFile, type ObjectFile } from "./object-file.ts";
import type { ReferenceTargets } from "./references.ts";
import { programKindOf } from "./sections.ts";
import type { CollectionSpec, MapSpec, ProgramSpec } from "./spec.ts";
import { SpecTable } from "./table.ts";
import type { VariableSpec } from "./variables.ts";

/**
 * Decodes a BPF object file, as clang and `bpftool gen object` make them, in either byte order.
 *
 * | part of the file | part of the spec |
 * | --- | --- |
 * | `.maps`, `maps` | maps |
 * | `.data*`, `.rodata*`, `.bss*`, where programs refer to them or symbols name a part | maps of one entry, and variables |
 * | `.text` | functions |
 * | other sections of code | programs, their kind by the section's name |
 * | `license`, `version` | licence and kernel version of the programs |
 * | `.BTF`, `.BTF.ext` | types; names, lines and CO-RE relocations of instructions |
 *
 * The code of optional programs is decoded, and its faults are told, when it is first looked at.
 *
 * @throws {FormatError} when the bytes aren't a well-formed object
 * @throws {RelocationError} when an instruction refers to what the object doesn't have
 * @throws {UnsupportedError} when the object needs what this library doesn't do
 * @example const spec = decodeObject(await readFile("execsnoop.bpf.o"));
 */
export function decodeObject(bytes: Uint8Array): CollectionSpec {
  const object = decodeObjectFile(bytes);
  const maps = new SpecTable<MapSpec>("map");
  const mapTargets = decodeMaps(object, maps);
  const dataSections = decodeDataSections(object);
  const places = findFunctions(object);
  const targets: ReferenceTargets = {
    maps: mapTargets,
    data: new Map(dataSections.map(({ section }) => [section.index, section])),
    functions: indexFunctions(places),
  };

  const license = decodeLicense(object);
  const kernelVersion = decodeVersion(object);
  const programs = new SpecTable<ProgramSpec>("program");
  const functions = new SpecTable<readonly Instruction[]>("function");
  const referred = new Set<string>();
  for (const [section, ofSection] of groupBySection(places)) {
    const kind = programKindOf(section.name);
    const sectionName = kind.isOptional ? section.name.slice(1) : section.name;
    if (kind.isOptional) {
      for (const { symbol } of relocationsOf(object.elf, section)) {
        const data = targets.data.get(symbol.sectionIndex);
        if (data !== undefined) referred.add(data.name);
      }
      const decode = onDemand(() => new Map(decodeCode(object, section, ofSection, targets)));
      for (const place of ofSection) {
        const fields = { name: place.name, sectionName, ...kind, license, kernelVersion };
        programs.set(
          place.name,
          lazyProgram(fields, () => decode().get(place) ?? []),
        );
      }
      continue;
    }
    for (const [place, instructions] of decodeCode(object, section, ofSection, targets)) {
      noteData(instructions, referred);
      const { name } = place;
      if (!place.isProgram) functions.set(name, instructions);
      else programs.set(name, { name, sectionName, ...kind, instructions, license, kernelVersion });
    }
  }

  const variables = new SpecTable<VariableSpec>("variable");
  for (const data of dataSections) addData(object, data, referred, maps, variables);
  return { littleEndian: object.elf.littleEndian, maps, programs, functions, variables, types: object.types };
}

/** Decodes an optional program's code when it is first looked at: most are never loaded, and a start waits for each. */
function lazyProgram(fields: Omit<ProgramSpec, "instructions">, decode: () => readonly Instruction[]): ProgramSpec {
  let instructions: readonly Instruction[] | undefined;
  return {
    ...fields,
    get instructions() {
      instructions ??= decode();
      return instructions;
    },
    set instructions(edited) {
      instructions = edited;
    },
  };
}

/** Makes a value when it is first asked for. */
function onDemand<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Decodes the maps of all sections that define some; says where each is. */
function decodeMaps(object: ObjectFile, maps: SpecTable<MapSpec>): Map<number, Map<number, string>> {
  const places = new Map<number, Map<number, string>>();
  for (const section of object.elf.sections) {
    if (section.type !== SectionType.ProgBits) continue;
    if (section.name.startsWith(".struct_ops")) {
      throw new UnsupportedError(`section "${section.name}" defines struct_ops, which isn't supported`, {
        feature: "struct_ops",
      });
    }
    const isLegacy = section.name === "maps" || section.name.startsWith("maps/");
    if (!isLegacy && section.name !== ".maps") continue;
    const ofSection = new Map<number, string>();
    for (const { map, offset } of isLegacy
      ? decodeLegacyMapSection(object, section)
      : decodeMapSection(object, section)) {
      addMap(maps, map, section);
      ofSection.set(offset, map.name);
    }
    places.set(section.index, ofSection);
  }
  return places;
}

/** Adds a section's map and variables, unless nothing could tell that they are there. */
function addData(
  object: ObjectFile,
  data: DataSection,
  referred: ReadonlySet<string>,
  maps: SpecTable<MapSpec>,
  variables: SpecTable<VariableSpec>,
): void {
  const { section, map } = data;
  const hasSymbols = (object.symbolsOf.get(section.index)?.length ?? 0) > 0;
  if (!hasSymbols && !referred.has(map.name)) return;
  refuseAddresses(object, section);
  addMap(maps, map, section);
  for (const variable of decodeVariables(object, data)) {
    if (variables.has(variable.name)) throw duplicate("variable", variable.name, section);
    variables.set(variable.name, variable);
  }
}

function addMap(maps: SpecTable<MapSpec>, map: MapSpec, section: ElfSection): void {
  if (maps.has(map.name)) throw duplicate("map", map.name, section);
  maps.set(map.name, map);
}

function duplicate(what: string, name: string, section: ElfSection): FormatError {
  return new FormatError(`section "${section.name}": second ${what} named "${name}"`, {
    format: "elf",
    section: section.name,
  });
}

function noteData(instructions: readonly Instruction[], referred: Set<string>): void {
  for (const { meta } of instructions) {
    if (meta?.reference?.kind === "map-value") referred.add(meta.reference.map);
  }
}

function groupBySection(places: readonly FunctionPlace[]): Map<ElfSection, FunctionPlace[]> {
  const groups = new Map<ElfSection, FunctionPlace[]>();
  for (const place of places) {
    const group = groups.get(place.section);
    if (group === undefined) groups.set(place.section, [place]);
    else group.push(place);
  }
  return groups;
}

function decodeLicense(object: ObjectFile): string {
  const section = object.elf.sections.find(({ name }) => name.startsWith("license"));
  return section === undefined ? "" : decodeCString(section.bytes);
}

function decodeVersion(object: ObjectFile): number {
  const section = object.elf.sections.find(({ name }) => name.startsWith("version"));
  if (section === undefined) return 0;
  const { littleEndian } = object.elf;
  return new ByteReader(section.bytes, { littleEndian, format: "elf", section: section.name }).u32("kernel version");
}
