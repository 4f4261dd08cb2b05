import type { Register } from "./register.ts";

/** Where in its source an instruction came from. */
export interface SourcePosition {
  /** File name as the compiler wrote it. */
  readonly file: string;
  /** Line, from 1. */
  readonly line: number;
  /** Column, from 1; 0 when unknown. */
  readonly column: number;
  /** The line's text. */
  readonly text: string;
}

/**
 * What an instruction names outside of itself, until loading puts a value in its place.
 *
 * | kind | on | becomes |
 * | --- | --- | --- |
 * | `map` | `ld_imm64` | the map's descriptor |
 * | `map-value` | `ld_imm64` | address of byte `offset` of the value of the map's only entry |
 * | `function` | `call`, or `ld_imm64` of a callback | distance to the function's first instruction, in slots |
 */
export type Reference =
  | { readonly kind: "map"; readonly map: string }
  | { readonly kind: "map-value"; readonly map: string; readonly offset: number }
  | { readonly kind: "function"; readonly name: string };

/**
 * A CO-RE relocation as the object states it.
 * @source kernel: include/uapi/linux/bpf.h, struct bpf_core_relo
 */
export interface CoreRelocation {
  /** What is asked of the target type, see btf `CoreKind`. */
  readonly coreKind: number;
  /** Id of the root type in the object's BTF. */
  readonly typeId: number;
  /** Indices from the root type to the field, or the enumerator's index. */
  readonly accessor: readonly number[];
}

/** What is known of an instruction besides its encoding; kept when instructions are moved, inserted or removed. */
export interface InstructionMeta {
  /** Name of the function that starts here. */
  readonly symbol?: string;
  /** Id of that function's FUNC type in the object's BTF. */
  readonly funcTypeId?: number;
  /** Source position, when it differs from the instruction before. */
  readonly source?: SourcePosition;
  /** What the instruction names. */
  readonly reference?: Reference;
  /** CO-RE relocation of this instruction. */
  readonly core?: CoreRelocation;
}

/**
 * One instruction as plain data.
 *
 * | field | in the encoding |
 * | --- | --- |
 * | opcode | 8 bits |
 * | dst, src | 4 bits each; `src` is a mark in calls and `ld_imm64` |
 * | offset | signed 16 bits; slots for jumps, bytes for memory |
 * | imm | signed 32 bits |
 * | imm64 | `ld_imm64` only: all 64 bits, unsigned; `imm` is then 0 |
 *
 * @source kernel: include/uapi/linux/bpf.h, struct bpf_insn
 */
export interface Instruction {
  readonly opcode: number;
  readonly dst: Register;
  readonly src: Register;
  readonly offset: number;
  readonly imm: number;
  readonly imm64?: bigint;
  readonly meta?: InstructionMeta;
}

/** Opcode of the one instruction that takes two slots, the load of a 64-bit immediate. */
export const LD_IMM64 = 0x18;

/** Bytes of one slot. */
export const SLOT_BYTES = 8;

/** Slots that an instruction takes: 2 for `ld_imm64`, else 1. */
export function slotsOf(insn: Instruction): number {
  return insn.opcode === LD_IMM64 ? 2 : 1;
}
