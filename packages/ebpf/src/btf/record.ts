import { FormatError } from "../errors.ts";
import type { StringSection } from "./strings.ts";
import { flagOfInfo, HEAD_WORDS, kindOfInfo, vlenOfInfo } from "./type-index.ts";
import {
  type BtfEnumerator,
  BtfKind,
  BtfLinkage,
  type BtfMember,
  type BtfParameter,
  type BtfSectionVariable,
  type BtfType,
} from "./types.ts";

const INT_SIGNED = 1;
const INT_CHAR = 2;
const INT_BOOL = 4;

const KIND_NAMES: Readonly<Record<BtfKind, BtfType["kind"]>> = {
  [BtfKind.Void]: "void",
  [BtfKind.Int]: "int",
  [BtfKind.Pointer]: "pointer",
  [BtfKind.Array]: "array",
  [BtfKind.Struct]: "struct",
  [BtfKind.Union]: "union",
  [BtfKind.Enum]: "enum",
  [BtfKind.Forward]: "forward",
  [BtfKind.Typedef]: "typedef",
  [BtfKind.Volatile]: "volatile",
  [BtfKind.Const]: "const",
  [BtfKind.Restrict]: "restrict",
  [BtfKind.Function]: "function",
  [BtfKind.FunctionPrototype]: "function-prototype",
  [BtfKind.Variable]: "variable",
  [BtfKind.DataSection]: "data-section",
  [BtfKind.Float]: "float",
  [BtfKind.DeclarationTag]: "declaration-tag",
  [BtfKind.TypeTag]: "type-tag",
  [BtfKind.Enum64]: "enum",
};

/** The kind as {@link BtfType} tells it; both enum kinds are `enum`. */
export function kindName(kind: BtfKind): BtfType["kind"] {
  return KIND_NAMES[kind];
}

/** What a record doesn't say of itself. */
export interface RecordPlace {
  readonly id: number;
  readonly strings: StringSection;
  /** Section name, for errors. */
  readonly section: string | undefined;
}

/**
 * Decodes the record at a word offset that the type index gave, so that the whole record is inside of the section.
 *
 * | word | holds |
 * | --- | --- |
 * | 0 | name offset |
 * | 1 | vlen (16 bits), kind (5 bits from 24), flag (bit 31) |
 * | 2 | size in bytes, or type id |
 * | 3… | by kind |
 *
 * @throws {FormatError} when a size, name, linkage or member can't be
 * @source kernel: include/uapi/linux/btf.h, struct btf_type
 */
export function decodeRecord(words: Uint32Array, at: number, place: RecordPlace): BtfType {
  const { id, strings } = place;
  const word = (index: number): number => words[at + index] ?? 0;
  const info = word(1);
  // The index has passed the record, so its kind is one of BtfKind.
  const kind = kindOfInfo(info) as BtfKind;
  const vlen = vlenOfInfo(info);
  const flag = flagOfInfo(info);
  const name = strings.at(word(0));
  const value = word(2);
  switch (kind) {
    case BtfKind.Void:
      return { kind: "void", id: 0, name: "" };
    case BtfKind.Int: {
      const encoding = word(3);
      const bits = encoding & 0xff;
      const offsetBits = (encoding >>> 16) & 0xff;
      if (bits === 0 || bits > 128 || offsetBits + bits > value * 8) {
        throw refuse(place, name, `int has ${bits} bits from bit ${offsetBits} in ${value} bytes`);
      }
      const flags = encoding >>> 24;
      return {
        kind: "int",
        id,
        name,
        sizeBytes: value,
        bits,
        offsetBits,
        isSigned: (flags & INT_SIGNED) !== 0,
        isChar: (flags & INT_CHAR) !== 0,
        isBool: (flags & INT_BOOL) !== 0,
      };
    }
    case BtfKind.Pointer:
      return { kind: "pointer", id, name: "", typeId: value };
    case BtfKind.Array:
      return { kind: "array", id, name: "", typeId: word(3), indexTypeId: word(4), count: word(5) };
    case BtfKind.Struct:
    case BtfKind.Union: {
      const members: BtfMember[] = [];
      for (let index = 0, from = HEAD_WORDS; index < vlen; index++, from += 3) {
        const where = word(from + 2);
        const offsetBits = flag ? where & 0xffffff : where;
        const bitfieldBits = flag ? where >>> 24 : 0;
        if (offsetBits > value * 8)
          throw refuse(place, name, `member ${index} is at bit ${offsetBits} of ${value} bytes`);
        members.push({ name: strings.at(word(from)), typeId: word(from + 1), offsetBits, bitfieldBits });
      }
      return { kind: kind === BtfKind.Struct ? "struct" : "union", id, name, sizeBytes: value, members };
    }
    case BtfKind.Enum:
    case BtfKind.Enum64: {
      if (value !== 1 && value !== 2 && value !== 4 && value !== 8) {
        throw refuse(place, name, `enum has ${value} bytes, wanted 1, 2, 4 or 8`);
      }
      const values: BtfEnumerator[] = [];
      const each = kind === BtfKind.Enum ? 2 : 3;
      for (let index = 0, from = HEAD_WORDS; index < vlen; index++, from += each) {
        const low = word(from + 1);
        const high = kind === BtfKind.Enum64 ? word(from + 2) : flag && low >>> 31 === 1 ? 0xffffffff : 0;
        const both = (BigInt(high) << 32n) | BigInt(low);
        values.push({ name: strings.at(word(from)), value: flag ? BigInt.asIntN(64, both) : both });
      }
      return { kind: "enum", id, name, sizeBytes: value, isSigned: flag, values };
    }
    case BtfKind.Forward:
      return { kind: "forward", id, name, isUnion: flag };
    case BtfKind.Typedef:
      return { kind: "typedef", id, name, typeId: value };
    case BtfKind.Volatile:
      return { kind: "volatile", id, name: "", typeId: value };
    case BtfKind.Const:
      return { kind: "const", id, name: "", typeId: value };
    case BtfKind.Restrict:
      return { kind: "restrict", id, name: "", typeId: value };
    case BtfKind.Function:
      return { kind: "function", id, name, typeId: value, linkage: linkageOf(vlen, place, name) };
    case BtfKind.FunctionPrototype: {
      const parameters: BtfParameter[] = [];
      for (let index = 0, from = HEAD_WORDS; index < vlen; index++, from += 2) {
        parameters.push({ name: strings.at(word(from)), typeId: word(from + 1) });
      }
      return { kind: "function-prototype", id, name: "", returnTypeId: value, parameters };
    }
    case BtfKind.Variable:
      return { kind: "variable", id, name, typeId: value, linkage: linkageOf(word(3), place, name) };
    case BtfKind.DataSection: {
      const variables: BtfSectionVariable[] = [];
      for (let index = 0, from = HEAD_WORDS; index < vlen; index++, from += 3) {
        variables.push({ typeId: word(from), offset: word(from + 1), sizeBytes: word(from + 2) });
      }
      return { kind: "data-section", id, name, sizeBytes: value, variables };
    }
    case BtfKind.Float:
      return { kind: "float", id, name, sizeBytes: value };
    case BtfKind.DeclarationTag:
      return { kind: "declaration-tag", id, name, typeId: value, component: word(3) | 0 };
    case BtfKind.TypeTag:
      return { kind: "type-tag", id, name, typeId: value };
    default:
      return kind satisfies never;
  }
}

function linkageOf(value: number, place: RecordPlace, name: string): BtfLinkage {
  if (value === BtfLinkage.Static || value === BtfLinkage.Global || value === BtfLinkage.Extern) return value;
  throw refuse(place, name, `linkage is ${value}, wanted 0 to ${BtfLinkage.Extern}`);
}

function refuse(place: RecordPlace, name: string, what: string): FormatError {
  const where = place.section === undefined ? "" : `section "${place.section}": `;
  const named = name === "" ? "" : ` "${name}"`;
  return new FormatError(`${where}type ${place.id}${named}: ${what}`, { format: "btf", section: place.section });
}
