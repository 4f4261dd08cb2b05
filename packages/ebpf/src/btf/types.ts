/**
 * Kinds of type, as numbered in BTF.
 * @source kernel: include/uapi/linux/btf.h, BTF_KIND_*
 */
export const BtfKind = {
  Void: 0,
  Int: 1,
  Pointer: 2,
  Array: 3,
  Struct: 4,
  Union: 5,
  Enum: 6,
  Forward: 7,
  Typedef: 8,
  Volatile: 9,
  Const: 10,
  Restrict: 11,
  Function: 12,
  FunctionPrototype: 13,
  Variable: 14,
  DataSection: 15,
  Float: 16,
  DeclarationTag: 17,
  TypeTag: 18,
  Enum64: 19,
} as const;
/** One of the values of {@link BtfKind}. */
export type BtfKind = (typeof BtfKind)[keyof typeof BtfKind];

/** Linkage of functions and variables. */
export const BtfLinkage = { Static: 0, Global: 1, Extern: 2 } as const;
/** One of the values of {@link BtfLinkage}. */
export type BtfLinkage = (typeof BtfLinkage)[keyof typeof BtfLinkage];

/** A field of a struct or union. */
export interface BtfMember {
  /** Empty for an anonymous struct or union. */
  readonly name: string;
  readonly typeId: number;
  /** Bits from the start of the struct or union. */
  readonly offsetBits: number;
  /** Width of a bitfield; 0 for any other field. */
  readonly bitfieldBits: number;
}

/** A name and value of an enum; 32-bit values fit a number, but all are bigint so that both enum kinds are one. */
export interface BtfEnumerator {
  readonly name: string;
  readonly value: bigint;
}

/** A parameter of a function prototype; the last may have type 0 and no name, for `...`. */
export interface BtfParameter {
  readonly name: string;
  readonly typeId: number;
}

/** A variable's place in a data section. */
export interface BtfSectionVariable {
  /** Id of the variable's (or function's) type. */
  readonly typeId: number;
  /** Bytes from the section's start; compilers leave 0 for the loader to fill. */
  readonly offset: number;
  readonly sizeBytes: number;
}

/** A type as one record of BTF states it; other types are named by id, 0 is `void`. Names are empty when there is none. */
export type BtfType =
  | { readonly kind: "void"; readonly id: 0; readonly name: "" }
  | {
      readonly kind: "int";
      readonly id: number;
      readonly name: string;
      readonly sizeBytes: number;
      readonly bits: number;
      readonly offsetBits: number;
      readonly isSigned: boolean;
      readonly isChar: boolean;
      readonly isBool: boolean;
    }
  | { readonly kind: "pointer"; readonly id: number; readonly name: ""; readonly typeId: number }
  | {
      readonly kind: "array";
      readonly id: number;
      readonly name: "";
      readonly typeId: number;
      readonly indexTypeId: number;
      readonly count: number;
    }
  | {
      readonly kind: "struct" | "union";
      readonly id: number;
      readonly name: string;
      readonly sizeBytes: number;
      readonly members: readonly BtfMember[];
    }
  | {
      readonly kind: "enum";
      readonly id: number;
      readonly name: string;
      /** 1, 2, 4 or 8. */
      readonly sizeBytes: number;
      readonly isSigned: boolean;
      readonly values: readonly BtfEnumerator[];
    }
  | { readonly kind: "forward"; readonly id: number; readonly name: string; readonly isUnion: boolean }
  | { readonly kind: "typedef"; readonly id: number; readonly name: string; readonly typeId: number }
  | {
      readonly kind: "volatile" | "const" | "restrict";
      readonly id: number;
      readonly name: "";
      readonly typeId: number;
    }
  | {
      readonly kind: "function";
      readonly id: number;
      readonly name: string;
      readonly typeId: number;
      readonly linkage: BtfLinkage;
    }
  | {
      readonly kind: "function-prototype";
      readonly id: number;
      readonly name: "";
      readonly returnTypeId: number;
      readonly parameters: readonly BtfParameter[];
    }
  | {
      readonly kind: "variable";
      readonly id: number;
      readonly name: string;
      readonly typeId: number;
      readonly linkage: BtfLinkage;
    }
  | {
      readonly kind: "data-section";
      readonly id: number;
      readonly name: string;
      readonly sizeBytes: number;
      readonly variables: readonly BtfSectionVariable[];
    }
  | { readonly kind: "float"; readonly id: number; readonly name: string; readonly sizeBytes: number }
  | {
      readonly kind: "declaration-tag";
      readonly id: number;
      readonly name: string;
      readonly typeId: number;
      /** Member or parameter that is tagged; -1 for the whole type. */
      readonly component: number;
    }
  | { readonly kind: "type-tag"; readonly id: number; readonly name: string; readonly typeId: number };
