import { encodeCString } from "../bytes/cstring.ts";
import { ByteWriter } from "../bytes/writer.ts";
import { BtfKind, type BtfType } from "./types.ts";

type WithoutId<T> = T extends unknown ? Omit<T, "id"> : never;
/** A type to encode; its id is its place in the list, from 1. */
export type TypeInput = WithoutId<Exclude<BtfType, { kind: "void" }>>;

/** How {@link buildBtf} writes. */
export interface BuildOptions {
  readonly littleEndian?: boolean;
  /** Bytes of the base's strings, for split BTF. */
  readonly baseStringBytes?: number;
  /** Strings of the base, which are not written again. */
  readonly baseStrings?: ReadonlyMap<string, number>;
  /** Makes offsets point into longer strings that end in the same way. */
  readonly sharesTails?: boolean;
}

const KINDS: Readonly<Record<TypeInput["kind"], number>> = {
  int: BtfKind.Int,
  pointer: BtfKind.Pointer,
  array: BtfKind.Array,
  struct: BtfKind.Struct,
  union: BtfKind.Union,
  enum: BtfKind.Enum,
  forward: BtfKind.Forward,
  typedef: BtfKind.Typedef,
  volatile: BtfKind.Volatile,
  const: BtfKind.Const,
  restrict: BtfKind.Restrict,
  function: BtfKind.Function,
  "function-prototype": BtfKind.FunctionPrototype,
  variable: BtfKind.Variable,
  "data-section": BtfKind.DataSection,
  float: BtfKind.Float,
  "declaration-tag": BtfKind.DeclarationTag,
  "type-tag": BtfKind.TypeTag,
};

/** Encodes types, straight from the format's description, so that tests have bytes that the decoder had no part in. */
export function buildBtf(types: readonly TypeInput[], options: BuildOptions = {}): Uint8Array {
  const { littleEndian = true, baseStringBytes = 0, baseStrings, sharesTails = false } = options;
  const strings = new ByteWriter(littleEndian);
  if (baseStringBytes === 0) strings.u8(0);
  const offsets = new Map<string, number>(baseStrings);
  const nameOf = (text: string): number => {
    if (text === "") return 0;
    const known = offsets.get(text);
    if (known !== undefined) return known;
    const prefix = sharesTails ? "xyz_" : "";
    const offset = baseStringBytes + strings.length + prefix.length;
    strings.put(encodeCString(prefix + text));
    offsets.set(text, offset);
    return offset;
  };
  const words = new ByteWriter(littleEndian);
  for (const type of types) writeType(words, type, nameOf);
  const typeBytes = words.finish();
  const stringBytes = strings.finish();
  return joinBtf(typeBytes, stringBytes, littleEndian);
}

/** Puts a header before a type and a string section. */
export function joinBtf(types: Uint8Array, strings: Uint8Array, littleEndian = true): Uint8Array {
  return new ByteWriter(littleEndian)
    .u16(0xeb9f)
    .u8(1)
    .u8(0)
    .u32(24)
    .u32(0)
    .u32(types.length)
    .u32(types.length)
    .u32(strings.length)
    .put(types)
    .put(strings)
    .finish();
}

/** A type section of bare words. */
export function wordsOf(...words: number[]): Uint8Array {
  const writer = new ByteWriter(true);
  for (const word of words) writer.u32(word >>> 0);
  return writer.finish();
}

function writeType(out: ByteWriter, type: TypeInput, nameOf: (text: string) => number): void {
  const head = (value: number, vlen = 0, flag = false, kind = KINDS[type.kind]): ByteWriter =>
    out
      .u32(nameOf(type.name))
      .u32(((flag ? 0x80000000 : 0) | (kind << 24) | vlen) >>> 0)
      .u32(value);
  switch (type.kind) {
    case "int": {
      const flags = (type.isSigned ? 1 : 0) | (type.isChar ? 2 : 0) | (type.isBool ? 4 : 0);
      head(type.sizeBytes).u32((flags << 24) | (type.offsetBits << 16) | type.bits);
      return;
    }
    case "array":
      head(0).u32(type.typeId).u32(type.indexTypeId).u32(type.count);
      return;
    case "struct":
    case "union": {
      const flag = type.members.some(({ bitfieldBits }) => bitfieldBits > 0);
      head(type.sizeBytes, type.members.length, flag);
      for (const { name, typeId, offsetBits, bitfieldBits } of type.members) {
        out
          .u32(nameOf(name))
          .u32(typeId)
          .u32(((bitfieldBits << 24) | offsetBits) >>> 0);
      }
      return;
    }
    case "enum": {
      const isWide = type.sizeBytes === 8;
      head(type.sizeBytes, type.values.length, type.isSigned, isWide ? BtfKind.Enum64 : BtfKind.Enum);
      for (const { name, value } of type.values) {
        out.u32(nameOf(name));
        if (isWide) out.u32(Number(BigInt.asUintN(32, value))).u32(Number(BigInt.asUintN(32, value >> 32n)));
        else out.u32(Number(BigInt.asUintN(32, value)));
      }
      return;
    }
    case "forward":
      head(0, 0, type.isUnion);
      return;
    case "function":
      head(type.typeId, type.linkage);
      return;
    case "function-prototype":
      head(type.returnTypeId, type.parameters.length);
      for (const { name, typeId } of type.parameters) out.u32(nameOf(name)).u32(typeId);
      return;
    case "variable":
      head(type.typeId).u32(type.linkage);
      return;
    case "data-section":
      head(type.sizeBytes, type.variables.length);
      for (const { typeId, offset, sizeBytes } of type.variables) out.u32(typeId).u32(offset).u32(sizeBytes);
      return;
    case "float":
      head(type.sizeBytes);
      return;
    case "declaration-tag":
      head(type.typeId).u32(type.component >>> 0);
      return;
    default:
      head(type.typeId);
  }
}

/** An `int` of that name, signed and as wide as its bytes. */
export function int(name: string, sizeBytes = 4, isSigned = true): TypeInput {
  return { kind: "int", name, sizeBytes, bits: sizeBytes * 8, offsetBits: 0, isSigned, isChar: false, isBool: false };
}

/** A struct of members given as `[name, type, bit offset, bits of a bitfield]`. */
export function struct(
  name: string,
  sizeBytes: number,
  ...members: readonly (readonly [name: string, typeId: number, offsetBits: number, bitfieldBits?: number])[]
): TypeInput {
  return {
    kind: "struct",
    name,
    sizeBytes,
    members: members.map(([member, typeId, offsetBits, bitfieldBits = 0]) => ({
      name: member,
      typeId,
      offsetBits,
      bitfieldBits,
    })),
  };
}

/** A pointer to a type. */
export function pointer(typeId: number): TypeInput {
  return { kind: "pointer", name: "", typeId };
}
