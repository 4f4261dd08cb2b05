import type { CoreRelocation } from "../asm/instruction.ts";
import { FormatError } from "../errors.ts";
import { areFieldsCompatible, areTypesCompatible, doTypesMatch, type Effort } from "./core-compat.ts";
import { asksEnumerator, asksField, CoreKind } from "./core-kind.ts";
import { MAX_DEPTH, sizeOf, skipModifiers } from "./layout.ts";
import { essentialName } from "./name-filter.ts";
import type { BtfSpec } from "./spec.ts";
import type { BtfMember } from "./types.ts";

// Offsets stay exact far below this; nothing real comes near it.
const MAX_BITS = 2 ** 40;

/** One step on the way from a root type to what a relocation asks about. */
export interface CoreStep {
  /** Type that the step is taken in: the struct or union of a member, the element type of an index, the enum of an enumerator. */
  readonly typeId: number;
  /** Number of the member, element or enumerator. */
  readonly index: number;
  /** Name of the member or enumerator; undefined for an element. Members without a name are no step of their own. */
  readonly name: string | undefined;
}

/** A relocation's way through the types of one blob. */
export interface CoreAccess {
  readonly spec: BtfSpec;
  readonly rootTypeId: number;
  readonly steps: readonly CoreStep[];
  /** Bits from the root's start to the field. */
  readonly bitOffset: number;
}

/**
 * Follows a relocation's numbers through the object's own types.
 * @throws {FormatError} when they lead outside of a type
 * @source libbpf: bpf_core_parse_spec
 */
export function followLocal(spec: BtfSpec, kind: CoreKind, relocation: CoreRelocation): CoreAccess {
  const { typeId, accessor } = relocation;
  const [first = 0, ...rest] = accessor;
  if (!asksField(kind) && !asksEnumerator(kind)) {
    if (accessor.length !== 1 || first !== 0) throw refuse(`access ${accessor.join(":")} of a whole type, wanted 0`);
    return { spec, rootTypeId: typeId, steps: [], bitOffset: 0 };
  }
  let current = skipModifiers(spec, typeId);
  if (asksEnumerator(kind)) {
    const type = spec.typeById(current);
    const enumerator = type.kind === "enum" && rest.length === 0 ? type.values[first] : undefined;
    if (enumerator === undefined) throw refuse(`access ${accessor.join(":")} of a ${type.kind}, wanted one enumerator`);
    const step = { typeId: current, index: first, name: enumerator.name };
    return { spec, rootTypeId: typeId, steps: [step], bitOffset: 0 };
  }
  const steps: CoreStep[] = [{ typeId: current, index: first, name: undefined }];
  let bitOffset = checkBits(first * sizeOf(spec, current) * 8);
  for (const index of rest) {
    current = skipModifiers(spec, current);
    const type = spec.typeById(current);
    if (type.kind === "struct" || type.kind === "union") {
      const member = type.members[index];
      if (member === undefined)
        throw refuse(`member ${index} of ${type.kind} "${type.name}", which has ${type.members.length}`);
      bitOffset = checkBits(bitOffset + member.offsetBits);
      if (member.name !== "") steps.push({ typeId: current, index, name: member.name });
      current = member.typeId;
    } else if (type.kind === "array") {
      if (index >= type.count && !isFlexible(spec, steps.at(-1), type.count)) {
        throw refuse(`element ${index} of an array of ${type.count}`);
      }
      current = skipModifiers(spec, type.typeId);
      steps.push({ typeId: current, index, name: undefined });
      bitOffset = checkBits(bitOffset + index * sizeOf(spec, current) * 8);
    } else throw refuse(`step ${index} into a ${type.kind}, wanted a struct, union or array`);
  }
  return { spec, rootTypeId: typeId, steps, bitOffset };
}

/**
 * Looks for the same way through a target's type: members by name, with compatible types; through members without a name; elements by
 * index; enumerators by name.
 * @returns undefined when the target has no such way
 * @source libbpf: bpf_core_spec_match
 */
export function followTarget(
  local: CoreAccess,
  kind: CoreKind,
  target: { readonly spec: BtfSpec; readonly id: number },
  effort: Effort,
): CoreAccess | undefined {
  const { spec, id } = target;
  if (asksEnumerator(kind)) return findEnumerator(local, spec, id, effort);
  if (!asksField(kind)) {
    const mine = { spec: local.spec, id: local.rootTypeId };
    const isSame =
      kind === CoreKind.TypeMatches ? doTypesMatch(mine, target, effort) : areTypesCompatible(mine, target, effort);
    return isSame ? { spec, rootTypeId: id, steps: [], bitOffset: 0 } : undefined;
  }
  const steps: CoreStep[] = [];
  let current = id;
  let bitOffset = 0;
  for (const [number, step] of local.steps.entries()) {
    current = skipModifiers(spec, current);
    if (step.name !== undefined) {
      const found = findMember(local.spec, step, { spec, id: current }, effort);
      if (found === undefined) return undefined;
      steps.push({ typeId: found.typeId, index: found.index, name: step.name });
      bitOffset = checkBits(bitOffset + found.bitOffset);
      current = found.member.typeId;
      continue;
    }
    if (number > 0) {
      const type = spec.typeById(current);
      if (type.kind !== "array") return undefined;
      if (step.index >= type.count && !isFlexible(spec, steps.at(-1), type.count)) return undefined;
      current = skipModifiers(spec, type.typeId);
    }
    steps.push({ typeId: current, index: step.index, name: undefined });
    bitOffset = checkBits(bitOffset + step.index * sizeOf(spec, current) * 8);
  }
  return { spec, rootTypeId: id, steps, bitOffset };
}

function findEnumerator(local: CoreAccess, spec: BtfSpec, id: number, effort: Effort): CoreAccess | undefined {
  const typeId = skipModifiers(spec, id);
  const type = spec.typeById(typeId);
  if (type.kind !== "enum") return undefined;
  effort.spend(type.values.length);
  const wanted = essentialName(local.steps[0]?.name ?? "");
  const index = type.values.findIndex(({ name }) => essentialName(name) === wanted);
  const name = type.values[index]?.name;
  return name === undefined ? undefined : { spec, rootTypeId: id, steps: [{ typeId, index, name }], bitOffset: 0 };
}

interface FoundMember {
  readonly typeId: number;
  readonly index: number;
  readonly member: BtfMember;
  readonly bitOffset: number;
}

/** Finds the member that a local step names, in a struct or union or in those without a name inside of it. */
function findMember(
  localSpec: BtfSpec,
  step: CoreStep,
  target: { readonly spec: BtfSpec; readonly id: number },
  effort: Effort,
  depth = 0,
): FoundMember | undefined {
  const { spec, id } = target;
  const type = spec.typeById(id);
  const localType = localSpec.typeById(step.typeId);
  if (depth > MAX_DEPTH) throw refuse(`more than ${MAX_DEPTH} structs without a name inside one another`);
  if (type.kind !== "struct" && type.kind !== "union") return undefined;
  if (localType.kind !== "struct" && localType.kind !== "union") return undefined;
  effort.spend(type.members.length);
  for (const [index, member] of type.members.entries()) {
    if (member.name === "") {
      const inner = { spec, id: skipModifiers(spec, member.typeId) };
      const found = findMember(localSpec, step, inner, effort, depth + 1);
      if (found !== undefined) return { ...found, bitOffset: member.offsetBits + found.bitOffset };
    } else if (member.name === step.name) {
      const mine = { spec: localSpec, id: localType.members[step.index]?.typeId ?? 0 };
      const isCompatible = areFieldsCompatible(mine, { spec, id: member.typeId });
      return isCompatible ? { typeId: id, index, member, bitOffset: member.offsetBits } : undefined;
    }
  }
  return undefined;
}

/** Whether an array is the last member of a struct and has no count of its own, so that any index may be used. */
function isFlexible(spec: BtfSpec, step: CoreStep | undefined, count: number): boolean {
  if (step?.name === undefined || count > 0) return false;
  const type = spec.typeById(step.typeId);
  return (type.kind === "struct" || type.kind === "union") && step.index === type.members.length - 1;
}

function checkBits(bits: number): number {
  if (bits > MAX_BITS) throw refuse(`field at bit ${bits}`);
  return bits;
}

function refuse(message: string): FormatError {
  return new FormatError(message, { format: "btf.ext" });
}
