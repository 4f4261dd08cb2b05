import { sizeOf, skipModifiers } from "../btf/layout.ts";
import type { BtfSpec } from "../btf/spec.ts";
import { BtfLinkage, type BtfMember, type BtfType } from "../btf/types.ts";
import { ByteReader } from "../bytes/reader.ts";
import type { ElfSection } from "../elf/section.ts";
import type { ElfSymbol } from "../elf/symbol.ts";
import { FormatError, UnsupportedError } from "../errors.ts";
import type { MapType } from "./map-type.gen.ts";
import type { ObjectFile } from "./object-file.ts";
import type { MapSpec } from "./spec.ts";

/** A map as a section defines it, and where: relocations name it by its place. */
export interface MapDefinition {
  readonly map: MapSpec;
  /** Bytes from the section's start. */
  readonly offset: number;
}

/** The part of a BTF type that is a struct or union. */
type StructType = Extract<BtfType, { readonly kind: "struct" | "union" }>;

/**
 * Decodes the maps of `.maps`: a variable each, whose type is a struct of numbers (`int (*max_entries)[64]`, a pointer to an
 * array of that many) and types (`struct key *key`).
 *
 * | member | gives |
 * | --- | --- |
 * | `type`, `max_entries`, `map_flags`, `map_extra` | the number |
 * | `key`, `value` | type and size |
 * | `key_size`, `value_size` | the size alone |
 *
 * @throws {FormatError} when there is no BTF, a definition has another member or contradicts itself, or the section isn't zero
 * @throws {UnsupportedError} when a definition pins the map, binds it to a NUMA node, or has inner maps or programs
 */
export function decodeMapSection(object: ObjectFile, section: ElfSection): MapDefinition[] {
  const { types } = object;
  const symbols = object.symbolsOf.get(section.index) ?? [];
  if (types === undefined) throw fault(section, `no BTF for the ${symbols.length} maps; compile with -g`);
  const dataSection = types.typeById(types.findId(section.name, "data-section") ?? 0);
  if (dataSection.kind !== "data-section") {
    if (symbols.length === 0) return [];
    throw fault(section, `BTF has no data section of that name for the ${symbols.length} maps`);
  }
  const symbolOf = new Map(symbols.map((symbol) => [symbol.name, symbol]));
  return dataSection.variables.map(({ typeId }) => {
    const variable = types.typeById(typeId);
    if (variable.kind !== "variable")
      throw fault(section, `BTF type ${typeId} is a ${variable.kind}, wanted a variable`);
    const symbol = symbolOf.get(variable.name);
    if (variable.linkage === BtfLinkage.Static) {
      throw fault(section, `map "${variable.name}" is static; only a global one can be named by programs`);
    }
    if (symbol === undefined) throw fault(section, `map "${variable.name}" has no symbol`);
    const definition = types.typeById(skipModifiers(types, variable.typeId));
    if (definition.kind !== "struct") {
      throw fault(section, `map "${variable.name}" is a ${definition.kind}, wanted a struct`, symbol.value);
    }
    const map = decodeDefinition(types, section, variable.name, definition);
    checkPlace(section, symbol);
    return { map, offset: symbol.value };
  });
}

/**
 * Decodes the maps of a `maps` section, as objects without BTF have them: for each symbol five or more 32-bit numbers.
 *
 * | bytes | field |
 * | --- | --- |
 * | 0, 4, 8, 12, 16 | type, key size, value size, max entries, flags |
 * | 20 on | other loaders' own; must be zero |
 *
 * @throws {FormatError} when a definition is shorter
 * @throws {UnsupportedError} when a definition says more than the five numbers
 */
export function decodeLegacyMapSection(object: ObjectFile, section: ElfSection): MapDefinition[] {
  const symbols = [...(object.symbolsOf.get(section.index) ?? [])].sort((a, b) => a.value - b.value);
  return symbols.map((symbol, index) => {
    const end = symbols[index + 1]?.value ?? section.sizeBytes;
    checkPlace(section, symbol);
    const reader = new ByteReader(section.bytes.subarray(symbol.value, end), {
      littleEndian: object.elf.littleEndian,
      format: "maps",
      section: section.name,
    });
    const map = emptyMap(symbol.name);
    map.type = toMapType(reader.u32(`type of map "${symbol.name}"`));
    map.keySize = reader.u32(`key size of map "${symbol.name}"`);
    map.valueSize = reader.u32(`value size of map "${symbol.name}"`);
    map.maxEntries = reader.u32(`max entries of map "${symbol.name}"`);
    map.flags = reader.u32(`flags of map "${symbol.name}"`);
    const rest = reader.take(reader.remaining, "rest");
    if (rest.some((byte) => byte !== 0)) {
      throw new UnsupportedError(
        `map "${symbol.name}" of section "${section.name}" has ${rest.length} bytes after its flags, meant for another loader; define it in .maps`,
        { feature: "extended map definitions" },
      );
    }
    return { map, offset: symbol.value };
  });
}

/** Makes a map of that name with everything else zero. */
export function emptyMap(name: string): MapSpec {
  return {
    name,
    type: 0,
    keySize: 0,
    valueSize: 0,
    maxEntries: 0,
    flags: 0,
    mapExtra: 0n,
    keyTypeId: 0,
    valueTypeId: 0,
    contents: [],
    dataSection: undefined,
    isFrozen: false,
  };
}

function decodeDefinition(types: BtfSpec, section: ElfSection, name: string, definition: StructType): MapSpec {
  const map = emptyMap(name);
  let keySize: number | undefined;
  let valueSize: number | undefined;
  for (const member of definition.members) {
    const number = (): number => numberOf(types, section, name, member);
    switch (member.name) {
      case "type":
        map.type = toMapType(number());
        break;
      case "max_entries":
        map.maxEntries = number();
        break;
      case "map_flags":
        map.flags = number();
        break;
      case "map_extra":
        map.mapExtra = bigNumberOf(types, section, name, member);
        break;
      case "key_size":
        keySize = number();
        break;
      case "value_size":
        valueSize = number();
        break;
      case "key":
        map.keyTypeId = targetOf(types, section, name, member);
        map.keySize = sizeOfTarget(types, section, name, member, map.keyTypeId);
        break;
      case "value":
        map.valueTypeId = targetOf(types, section, name, member);
        map.valueSize = sizeOfTarget(types, section, name, member, map.valueTypeId);
        break;
      case "pinning":
      case "numa_node":
        if (number() !== 0) throw unsupported(name, member.name);
        break;
      case "values":
        throw unsupported(name, member.name);
      default:
        throw fault(section, `map "${name}" has the unknown member "${member.name}"`);
    }
  }
  map.keySize = agree(section, name, "key", map.keySize, map.keyTypeId, keySize);
  map.valueSize = agree(section, name, "value", map.valueSize, map.valueTypeId, valueSize);
  if (map.type === 0) throw fault(section, `map "${name}" has no type`);
  return map;
}

/** The size that a type and a number give together. */
function agree(
  section: ElfSection,
  name: string,
  what: string,
  typeSize: number,
  typeId: number,
  size: number | undefined,
): number {
  if (size === undefined) return typeSize;
  if (typeId !== 0 && typeSize !== size) {
    throw fault(section, `map "${name}" has ${what}_size ${size}, but its ${what} has ${typeSize} bytes`);
  }
  return size;
}

function numberOf(types: BtfSpec, section: ElfSection, map: string, member: BtfMember): number {
  const value = bigNumberOf(types, section, map, member);
  if (value > 0xffffffffn)
    throw fault(section, `member "${member.name}" of map "${map}" is ${value}, more than 32 bits`);
  return Number(value);
}

/** The number that a member's type says: elements of the array it points to, or the value of its only enumerator. */
function bigNumberOf(types: BtfSpec, section: ElfSection, map: string, member: BtfMember): bigint {
  const type = types.typeById(skipModifiers(types, member.typeId));
  if (type.kind === "enum") {
    const [only, ...others] = type.values;
    if (only !== undefined && others.length === 0) return BigInt.asUintN(64, only.value);
  }
  if (type.kind === "pointer") {
    const array = types.typeById(skipModifiers(types, type.typeId));
    if (array.kind === "array") return BigInt(array.count);
  }
  throw fault(section, `member "${member.name}" of map "${map}" is a ${type.kind}, wanted a pointer to an array`);
}

function targetOf(types: BtfSpec, section: ElfSection, map: string, member: BtfMember): number {
  const type = types.typeById(skipModifiers(types, member.typeId));
  if (type.kind !== "pointer") {
    throw fault(section, `member "${member.name}" of map "${map}" is a ${type.kind}, wanted a pointer to its type`);
  }
  return type.typeId;
}

function sizeOfTarget(types: BtfSpec, section: ElfSection, map: string, member: BtfMember, typeId: number): number {
  const sizeBytes = sizeOf(types, typeId);
  if (sizeBytes > 0xffffffff) {
    throw fault(section, `member "${member.name}" of map "${map}" has ${sizeBytes} bytes, more than 32 bits can say`);
  }
  return sizeBytes;
}

function checkPlace(section: ElfSection, symbol: ElfSymbol): void {
  const end = symbol.value + symbol.sizeBytes;
  if (symbol.value >= section.sizeBytes || end > section.sizeBytes) {
    throw fault(section, `symbol "${symbol.name}" ends at byte ${end} of ${section.sizeBytes}`, symbol.value);
  }
}

/** Numbers beyond the list name kinds of a newer kernel, which alone can judge them. */
function toMapType(number: number): MapType {
  return number as MapType;
}

function fault(section: ElfSection, message: string, offset?: number): FormatError {
  const place = { format: "maps", section: section.name, offset };
  return new FormatError(`section "${section.name}": ${message}`, place);
}

const REMEDIES: Readonly<Record<string, string>> = {
  pinning: "pin the loaded map",
  numa_node: "leave the member out",
  values: "fill the loaded map",
};

function unsupported(map: string, member: string): UnsupportedError {
  return new UnsupportedError(
    `map "${map}" has the member "${member}", which isn't supported; ${REMEDIES[member]} instead`,
    {
      feature: `map definitions with "${member}"`,
    },
  );
}
