import { FormatError } from "../errors.ts";
import type { BtfSpec } from "./spec.ts";
import type { BtfType } from "./types.ts";

/** Bytes of a pointer: BPF's own, and those of every kernel this library runs on. */
export const POINTER_BYTES = 8;

/** Most typedefs, modifiers or array levels between a name and what it stands for; the kernel takes 32. */
export const MAX_DEPTH = 64;

/**
 * Goes through typedefs, `const`, `volatile`, `restrict` and type tags to the type that they stand for.
 * @returns its id, 0 for `void`
 * @throws {FormatError} when there are more than {@link MAX_DEPTH}, as in a cycle, or an id is out of range
 */
export function skipModifiers(spec: BtfSpec, id: number): number {
  let current = id;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const type = spec.typeById(current);
    switch (type.kind) {
      case "typedef":
      case "const":
      case "volatile":
      case "restrict":
      case "type-tag":
        current = type.typeId;
        break;
      default:
        return current;
    }
  }
  throw tooDeep(spec, id);
}

/** The type that typedefs and modifiers stand for, see {@link skipModifiers}. */
export function underlyingType(spec: BtfSpec, id: number): BtfType {
  return spec.typeById(skipModifiers(spec, id));
}

/**
 * Bytes that a value of the type takes; of a variable, its type's.
 * @throws {FormatError} when a value can't be: `void`, functions, forward declarations; when the size is over 2^32 - 1; and as
 * {@link skipModifiers}
 */
export function sizeOf(spec: BtfSpec, id: number): number {
  let count = 1;
  let current = id;
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const type = underlyingType(spec, current);
    switch (type.kind) {
      case "int":
      case "struct":
      case "union":
      case "enum":
      case "float":
      case "data-section":
        return bounded(spec, id, count * type.sizeBytes);
      case "pointer":
        return bounded(spec, id, count * POINTER_BYTES);
      case "array":
        count = bounded(spec, id, count * type.count);
        current = type.typeId;
        break;
      case "variable":
        current = type.typeId;
        break;
      default:
        throw new FormatError(`${describeType(spec, id)} has no size: it is ${withArticle(type.kind)}`, {
          format: "btf",
        });
    }
  }
  throw tooDeep(spec, id);
}

/**
 * Bytes to whose multiple a value of the type is aligned in C; of a struct or union, its strictest member's, or 1 when the members'
 * places show it to be packed.
 * @throws {FormatError} as {@link sizeOf}
 */
export function alignOf(spec: BtfSpec, id: number): number {
  return alignAtDepth(spec, id, { root: id, depth: 0, known: new Map() });
}

interface AlignState {
  readonly root: number;
  readonly depth: number;
  /** Alignments of structs and unions already looked at: shared members must not be walked again and again. */
  readonly known: Map<number, number>;
}

function alignAtDepth(spec: BtfSpec, id: number, state: AlignState): number {
  if (state.depth > MAX_DEPTH) throw tooDeep(spec, state.root);
  const deeper = { ...state, depth: state.depth + 1 };
  const type = underlyingType(spec, id);
  switch (type.kind) {
    case "int":
    case "enum":
    case "float":
      return alignOfScalar(type.sizeBytes);
    case "pointer":
      return POINTER_BYTES;
    case "array":
    case "variable":
      return alignAtDepth(spec, type.typeId, deeper);
    case "struct":
    case "union": {
      const known = state.known.get(type.id);
      if (known !== undefined) return known;
      let strictest = 1;
      let isPacked = false;
      for (const member of type.members) {
        const alignment = alignAtDepth(spec, member.typeId, deeper);
        if (member.bitfieldBits === 0 && member.offsetBits % (alignment * 8) !== 0) isPacked = true;
        strictest = Math.max(strictest, alignment);
      }
      const alignment = isPacked || type.sizeBytes % strictest !== 0 ? 1 : strictest;
      state.known.set(type.id, alignment);
      return alignment;
    }
    default:
      throw new FormatError(`${describeType(spec, id)} has no alignment: it is ${withArticle(type.kind)}`, {
        format: "btf",
      });
  }
}

/** The largest power of two in a size, up to 16: an `__int128` is the strictest scalar, a 12-byte `long double` has 4. */
function alignOfScalar(sizeBytes: number): number {
  const lowestBit = sizeBytes & -sizeBytes;
  return Math.min(Math.max(lowestBit, 1), 16);
}

function bounded(spec: BtfSpec, id: number, sizeBytes: number): number {
  if (sizeBytes > 0xffffffff)
    throw new FormatError(`${describeType(spec, id)} has more than 2^32 - 1 bytes`, { format: "btf" });
  return sizeBytes;
}

function tooDeep(spec: BtfSpec, id: number): FormatError {
  return new FormatError(`${describeType(spec, id)}: more than ${MAX_DEPTH} types inside one another, or a cycle`, {
    format: "btf",
  });
}

function describeType(spec: BtfSpec, id: number): string {
  const name = spec.nameOf(id);
  return name === "" ? `type ${id}` : `type ${id} "${name}"`;
}

function withArticle(kind: BtfType["kind"]): string {
  return kind === "void" ? kind : `a ${kind}`;
}
