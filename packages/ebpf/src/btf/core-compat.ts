import { FormatError } from "../errors.ts";
import { MAX_DEPTH, skipModifiers } from "./layout.ts";
import { essentialName } from "./name-filter.ts";
import type { BtfSpec } from "./spec.ts";
import type { BtfType } from "./types.ts";

const MAX_STEPS = 20_000_000;

/**
 * Bounds the comparisons of one call: types refer to each other freely, and hostile ones can make a comparison take forever.
 */
export class Effort {
  #left = MAX_STEPS;

  /** @throws {FormatError} when more than the bound is spent */
  spend(steps: number): void {
    this.#left -= steps;
    if (this.#left < 0)
      throw new FormatError(`comparing the types takes more than ${MAX_STEPS} steps`, { format: "btf" });
  }
}

/** A type of one blob. */
export interface TypeRef {
  readonly spec: BtfSpec;
  readonly id: number;
}

function resolve(ref: TypeRef): BtfType {
  return ref.spec.typeById(skipModifiers(ref.spec, ref.id));
}

function at(ref: TypeRef, id: number): TypeRef {
  return { spec: ref.spec, id };
}

function namesAgree(local: string, target: string): boolean {
  return essentialName(local) === essentialName(target);
}

/**
 * Whether a field of one type may be read as one of the other: structs and unions, pointers and floats always may, enums and
 * forward declarations by name, integers unless they are old-style bitfields, arrays by their elements.
 * @source libbpf: bpf_core_fields_are_compat
 */
export function areFieldsCompatible(local: TypeRef, target: TypeRef): boolean {
  let [mine, theirs] = [local, target];
  for (let depth = 0; depth <= MAX_DEPTH; depth++) {
    const [a, b] = [resolve(mine), resolve(theirs)];
    if (isComposite(a) && isComposite(b)) return true;
    if (a.kind !== b.kind) return false;
    switch (a.kind) {
      case "pointer":
      case "float":
        return true;
      case "forward":
      case "enum":
        return a.name === "" || b.name === "" || namesAgree(a.name, b.name);
      case "int":
        return a.offsetBits === 0 && b.kind === "int" && b.offsetBits === 0;
      case "array":
        if (b.kind !== "array") return false;
        [mine, theirs] = [at(mine, a.typeId), at(theirs, b.typeId)];
        break;
      default:
        return false;
    }
  }
  throw tooDeep();
}

/**
 * Whether two types of one name are the same for `type_exists`, `type_size` and the type ids: by kind alone, through pointers, arrays
 * and prototypes; names and members don't count.
 * @source libbpf: bpf_core_types_are_compat
 */
export function areTypesCompatible(local: TypeRef, target: TypeRef, effort: Effort, level = 0): boolean {
  let [mine, theirs] = [local, target];
  // Not yet without typedefs: a typedef stands for typedefs only.
  if (mine.spec.typeById(mine.id).kind !== theirs.spec.typeById(theirs.id).kind) return false;
  for (let depth = level; depth <= MAX_DEPTH; depth++) {
    effort.spend(1);
    const [a, b] = [resolve(mine), resolve(theirs)];
    if (a.kind !== b.kind) return false;
    switch (a.kind) {
      case "void":
      case "struct":
      case "union":
      case "enum":
      case "forward":
        return true;
      case "int":
        return a.offsetBits === 0 && b.kind === "int" && b.offsetBits === 0;
      case "pointer":
      case "array":
        if (b.kind !== a.kind) return false;
        [mine, theirs] = [at(mine, a.typeId), at(theirs, b.typeId)];
        break;
      case "function-prototype": {
        if (b.kind !== "function-prototype" || a.parameters.length !== b.parameters.length) return false;
        for (const [index, parameter] of a.parameters.entries()) {
          const mineParameter = at(mine, skipModifiers(mine.spec, parameter.typeId));
          const theirParameter = at(theirs, skipModifiers(theirs.spec, b.parameters[index]?.typeId ?? 0));
          if (!areTypesCompatible(mineParameter, theirParameter, effort, depth + 1)) return false;
        }
        [mine, theirs] = [at(mine, a.returnTypeId), at(theirs, b.returnTypeId)];
        break;
      }
      default:
        return false;
    }
  }
  throw tooDeep();
}

/**
 * Whether the target has all that the local type has, for `type_matches`: members and enumerators by name, in any order, with
 * matching types; what is behind a pointer matches by name alone.
 * @source libbpf: __bpf_core_types_match
 */
export function doTypesMatch(local: TypeRef, target: TypeRef, effort: Effort, isPointedTo = false, level = 0): boolean {
  let [mine, theirs, behindPointer] = [local, target, isPointedTo];
  for (let depth = level; depth <= MAX_DEPTH; depth++) {
    effort.spend(1);
    const [a, b] = [resolve(mine), resolve(theirs)];
    if (!namesAgree(a.name, b.name)) return false;
    switch (a.kind) {
      case "void":
        return b.kind === "void";
      case "forward":
        if (b.kind === "forward") return a.isUnion === b.isUnion;
        return behindPointer && b.kind === (a.isUnion ? "union" : "struct");
      case "enum": {
        if (b.kind !== "enum" || a.sizeBytes !== b.sizeBytes) return false;
        return doNamesMatch(a.values, b.values, effort, () => true);
      }
      case "struct":
      case "union":
        if (behindPointer) return b.kind === a.kind || (b.kind === "forward" && b.isUnion === (a.kind === "union"));
        if (b.kind !== a.kind) return false;
        return doNamesMatch(a.members, b.members, effort, (mineMember, theirMember) =>
          doTypesMatch(at(mine, mineMember.typeId), at(theirs, theirMember.typeId), effort, behindPointer, depth + 1),
        );
      case "int":
        return b.kind === "int" && a.sizeBytes === b.sizeBytes && a.isSigned === b.isSigned;
      case "pointer":
        if (b.kind !== "pointer") return false;
        behindPointer = true;
        [mine, theirs] = [at(mine, a.typeId), at(theirs, b.typeId)];
        break;
      case "array":
        if (b.kind !== "array" || a.count !== b.count) return false;
        [mine, theirs] = [at(mine, a.typeId), at(theirs, b.typeId)];
        break;
      case "function-prototype": {
        if (b.kind !== "function-prototype" || a.parameters.length !== b.parameters.length) return false;
        for (const [index, parameter] of a.parameters.entries()) {
          const theirParameter = at(theirs, b.parameters[index]?.typeId ?? 0);
          if (!doTypesMatch(at(mine, parameter.typeId), theirParameter, effort, behindPointer, depth + 1)) return false;
        }
        [mine, theirs] = [at(mine, a.returnTypeId), at(theirs, b.returnTypeId)];
        break;
      }
      default:
        return false;
    }
  }
  throw tooDeep();
}

/** Whether each of `mine` has one of `theirs` of its name that also agrees. */
function doNamesMatch<T extends { readonly name: string }>(
  mine: readonly T[],
  theirs: readonly T[],
  effort: Effort,
  agree: (mine: T, theirs: T) => boolean,
): boolean {
  if (mine.length > theirs.length) return false;
  return mine.every((one) => {
    effort.spend(theirs.length);
    return theirs.some((other) => namesAgree(one.name, other.name) && agree(one, other));
  });
}

function isComposite(type: BtfType): boolean {
  return type.kind === "struct" || type.kind === "union";
}

function tooDeep(): FormatError {
  return new FormatError(`types are more than ${MAX_DEPTH} levels deep, or form a cycle`, { format: "btf" });
}
