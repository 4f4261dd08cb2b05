import { FormatError } from "../errors.ts";
import type { CoreAccess } from "./core-access.ts";
import { CoreKind } from "./core-kind.ts";
import { sizeOf, skipModifiers } from "./layout.ts";
import type { BtfSpec } from "./spec.ts";
import type { BtfType } from "./types.ts";

/** What a relocation comes to in the types of one blob. */
export interface CoreValue {
  readonly value: bigint;
  /** Whether the object's instruction has to hold the local value. */
  readonly isChecked: boolean;
  /** The field that a load or store of this offset is for; undefined when its width may not matter. */
  readonly field: { readonly sizeBytes: number; readonly type: BtfType } | undefined;
}

/**
 * Computes what a relocation asks for.
 *
 * @param access undefined when the target has no such type or field
 * @param local the object's own access, whose enum tells how old targets' enumerators are signed
 * @returns undefined when there is no answer, so that the instruction must not be reached
 * @throws {FormatError} when the field can't be what is asked about
 * @source libbpf: bpf_core_calc_field_relo, bpf_core_calc_type_relo, bpf_core_calc_enumval_relo
 */
export function computeValue(kind: CoreKind, access: CoreAccess | undefined, local: CoreAccess): CoreValue | undefined {
  switch (kind) {
    case CoreKind.FieldExists:
    case CoreKind.EnumeratorExists:
    case CoreKind.TypeExists:
    case CoreKind.TypeMatches:
      return plain(access === undefined ? 0n : 1n);
    case CoreKind.TypeSize:
      return plain(access === undefined ? 0n : BigInt(sizeOf(access.spec, access.rootTypeId)));
    case CoreKind.TypeIdLocal:
    case CoreKind.TypeIdTarget:
      // Linking objects renumbers their types, but not what instructions hold.
      return { ...plain(access === undefined ? 0n : BigInt(access.rootTypeId)), isChecked: false };
    case CoreKind.EnumeratorValue:
      return access === undefined ? undefined : plain(enumeratorValue(access, local));
    default:
      return access === undefined ? undefined : fieldValue(kind, access);
  }
}

function plain(value: bigint): CoreValue {
  return { value, isChecked: true, field: undefined };
}

function enumeratorValue(access: CoreAccess, local: CoreAccess): bigint {
  const step = access.steps[0];
  const type = access.spec.typeById(step?.typeId ?? 0);
  const value = type.kind === "enum" ? type.values[step?.index ?? 0]?.value : undefined;
  if (type.kind !== "enum" || value === undefined) throw refuse("not an enumerator");
  // Before Linux 6.0 an enum's record didn't tell its sign, and -1 reads as 2^32 - 1.
  const own = local.spec.typeById(local.steps[0]?.typeId ?? 0);
  const isSigned = own.kind === "enum" && own.isSigned && type.sizeBytes <= 4;
  return isSigned ? BigInt.asIntN(32, value) : value;
}

function fieldValue(kind: CoreKind, access: CoreAccess): CoreValue {
  const { spec, bitOffset } = access;
  const step = access.steps.at(-1);
  if (step === undefined) throw refuse("no field");
  const parent = spec.typeById(step.typeId);
  if (step.name === undefined) return elementValue(kind, access, parent);

  const member = parent.kind === "struct" || parent.kind === "union" ? parent.members[step.index] : undefined;
  if (member === undefined) throw refuse("no field");
  const type = spec.typeById(skipModifiers(spec, member.typeId));
  const isBitfield = member.bitfieldBits > 0;
  const load = isBitfield ? bitfieldLoad(spec, type, bitOffset, member.bitfieldBits) : undefined;
  const byteSize = load?.byteSize ?? sizeOf(spec, type.id);
  const byteOffset = load?.byteOffset ?? Math.floor(bitOffset / 8);
  const bits = isBitfield ? member.bitfieldBits : byteSize * 8;
  switch (kind) {
    case CoreKind.FieldByteOffset:
      return {
        value: BigInt(byteOffset),
        // Compilers choose a bitfield's load freely.
        isChecked: !isBitfield,
        field: isBitfield ? undefined : { sizeBytes: byteSize, type },
      };
    case CoreKind.FieldByteSize:
      return { value: BigInt(byteSize), isChecked: !isBitfield, field: undefined };
    case CoreKind.FieldSigned:
      return plain((type.kind === "enum" || type.kind === "int") && type.isSigned ? 1n : 0n);
    case CoreKind.FieldLeftShift: {
      const before = bitOffset - byteOffset * 8;
      const shift = spec.littleEndian ? 64 - (before + bits) : (8 - byteSize) * 8 + before;
      return { value: BigInt.asUintN(64, BigInt(shift)), isChecked: !isBitfield, field: undefined };
    }
    case CoreKind.FieldRightShift:
      return plain(BigInt.asUintN(64, BigInt(64 - bits)));
    default:
      throw refuse(`relocation kind ${kind} of a field`);
  }
}

/** An array's element, which has no member: only where it is and its size can be told. */
function elementValue(kind: CoreKind, { spec, bitOffset }: CoreAccess, type: BtfType): CoreValue {
  const sizeBytes = sizeOf(spec, type.id);
  if (kind === CoreKind.FieldByteOffset) {
    return { value: BigInt(Math.floor(bitOffset / 8)), isChecked: true, field: { sizeBytes, type } };
  }
  if (kind === CoreKind.FieldByteSize) return plain(BigInt(sizeBytes));
  throw refuse("an array's element has no sign and no shifts");
}

/** The smallest aligned load that has a whole bitfield in it. */
function bitfieldLoad(
  spec: BtfSpec,
  type: BtfType,
  bitOffset: number,
  bits: number,
): { byteSize: number; byteOffset: number } {
  for (let byteSize = Math.max(1, sizeOf(spec, type.id)); byteSize <= 8; byteSize *= 2) {
    const byteOffset = Math.floor(bitOffset / 8 / byteSize) * byteSize;
    if (bitOffset + bits <= (byteOffset + byteSize) * 8) return { byteSize, byteOffset };
  }
  throw refuse(`bitfield at bit ${bitOffset} of ${bits} bits can't be read with one 64-bit load`);
}

function refuse(message: string): FormatError {
  return new FormatError(message, { format: "btf.ext" });
}
