import type { CoreRelocation } from "../asm/instruction.ts";
import { EbpfError } from "../errors.ts";
import { skipModifiers } from "./layout.ts";
import type { BtfSpec } from "./spec.ts";

/**
 * What a CO-RE relocation asks of the target.
 * @source kernel: include/uapi/linux/bpf.h, enum bpf_core_relo_kind
 */
export const CoreKind = {
  /** Bytes from the root's start to the field. */
  FieldByteOffset: 0,
  /** Bytes of the field. */
  FieldByteSize: 1,
  /** 1 when the field is there, else 0. */
  FieldExists: 2,
  /** 1 when the field is signed. */
  FieldSigned: 3,
  /** Bits to shift a u64 left, so that a bitfield's highest bit is the highest. */
  FieldLeftShift: 4,
  /** Bits to shift it right again. */
  FieldRightShift: 5,
  /** Id of the type in the object's own BTF. */
  TypeIdLocal: 6,
  /** Id of the type in the target's BTF. */
  TypeIdTarget: 7,
  /** 1 when the type is there, else 0. */
  TypeExists: 8,
  /** Bytes of the type. */
  TypeSize: 9,
  /** 1 when the enumerator is there, else 0. */
  EnumeratorExists: 10,
  /** Value of the enumerator. */
  EnumeratorValue: 11,
  /** 1 when a type that has all of the local one's parts is there, else 0. */
  TypeMatches: 12,
} as const;
/** One of the values of {@link CoreKind}. */
export type CoreKind = (typeof CoreKind)[keyof typeof CoreKind];

/** The kinds' names, as libbpf's messages have them. */
const NAMES: readonly string[] = [
  "byte_off",
  "byte_sz",
  "field_exists",
  "signed",
  "lshift_u64",
  "rshift_u64",
  "local_type_id",
  "target_type_id",
  "type_exists",
  "type_size",
  "enumval_exists",
  "enumval_value",
  "type_matches",
];

/** Whether a number is one of the kinds. */
export function isCoreKind(value: number): value is CoreKind {
  return NAMES[value] !== undefined;
}

/** Whether the kind asks about a field. */
export function asksField(kind: CoreKind): boolean {
  return kind <= CoreKind.FieldRightShift;
}

/** Whether the kind asks about an enumerator. */
export function asksEnumerator(kind: CoreKind): boolean {
  return kind === CoreKind.EnumeratorExists || kind === CoreKind.EnumeratorValue;
}

/**
 * Puts a relocation in words: `byte_off task_struct.real_parent`, `type_exists task_struct`, `enumval_value state::RUNNING`.
 * Doesn't throw: an access that leads nowhere is given in numbers.
 *
 * @param local the object's types
 */
export function describeRelocation(local: BtfSpec, relocation: CoreRelocation): string {
  const { coreKind, typeId, accessor } = relocation;
  const name = NAMES[coreKind] ?? `kind ${coreKind}`;
  try {
    return `${name} ${describePath(local, relocation)}`;
  } catch (error) {
    if (error instanceof EbpfError) return `${name} type ${typeId} at ${accessor.join(":")}`;
    throw error;
  }
}

function describePath(local: BtfSpec, { coreKind, typeId, accessor }: CoreRelocation): string {
  const [first = 0, ...rest] = accessor;
  let path = local.nameOf(typeId) || `type ${typeId}`;
  if (!isCoreKind(coreKind)) return `${path} at ${accessor.join(":")}`;
  if (asksEnumerator(coreKind)) {
    const type = local.typeById(skipModifiers(local, typeId));
    const enumerator = type.kind === "enum" ? type.values[first] : undefined;
    return `${path}::${enumerator?.name ?? first}`;
  }
  if (!asksField(coreKind)) return path;
  if (first !== 0) path += `[${first}]`;
  let current = typeId;
  for (const index of rest) {
    const type = local.typeById(skipModifiers(local, current));
    if (type.kind === "array") {
      path += `[${index}]`;
      current = type.typeId;
      continue;
    }
    const member = type.kind === "struct" || type.kind === "union" ? type.members[index] : undefined;
    if (member === undefined) return `${path}.<${index}>`;
    if (member.name !== "") path += `.${member.name}`;
    current = member.typeId;
  }
  return path;
}
