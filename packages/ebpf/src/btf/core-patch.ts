import { type Instruction, LD_IMM64 } from "../asm/instruction.ts";
import { R0 } from "../asm/register.ts";
import { FormatError } from "../errors.ts";
import type { CoreValue } from "./core-value.ts";
import type { BtfType } from "./types.ts";

const CLASS_MASK = 0x07;
const CLASS_LD = 0;
const CLASS_LDX = 1;
const CLASS_ST = 2;
const CLASS_STX = 3;
const CLASS_ALU = 4;
const CLASS_ALU64 = 7;
const SOURCE_REGISTER = 0x08;
const SIZE_MASK = 0x18;
const SIZE_BITS: ReadonlyMap<number, number> = new Map([
  [1, 0x10],
  [2, 0x08],
  [4, 0x00],
  [8, 0x18],
]);
const CALL = 0x85;
const INT16_MAX = 0x7fff;

/** The helper that a poisoned instruction calls: there is none of that number, and it reads "bad relo" in hexadecimal. @source libbpf: bpf_core_poison_insn */
export const POISON_HELPER = 0xbad2310;

/**
 * Puts calls of a helper that isn't in an instruction's place: of code that is never reached the verifier doesn't mind, of the
 * rest it complains. An `ld_imm64` becomes two, so that jumps stay right.
 */
export function poison(insn: Instruction): Instruction[] {
  const call: Instruction = { opcode: CALL, dst: R0, src: R0, offset: 0, imm: POISON_HELPER };
  const first = insn.meta === undefined ? call : { ...call, meta: insn.meta };
  return insn.opcode === LD_IMM64 ? [first, call] : [first];
}

/**
 * Puts the target's value in an instruction's place for it: the immediate of arithmetic and `ld_imm64`, the offset of loads and stores,
 * whose width changes with the field's where that keeps the value.
 *
 * @returns undefined when a load or store of that field would read or write something else
 * @throws {FormatError} when the instruction can't hold the value, or doesn't hold the local one
 * @source libbpf: bpf_core_patch_insn
 */
export function patch(insn: Instruction, local: CoreValue, target: CoreValue): Instruction | undefined {
  switch (insn.opcode & CLASS_MASK) {
    case CLASS_ALU:
    case CLASS_ALU64:
      return patchImmediate(insn, local, target);
    case CLASS_LDX:
    case CLASS_ST:
    case CLASS_STX:
      return patchAccess(insn, local, target);
    case CLASS_LD: {
      if (insn.opcode !== LD_IMM64 || insn.src !== R0) break;
      const present = insn.imm64 ?? 0n;
      if (local.isChecked && present !== BigInt.asUintN(64, local.value)) throw mismatch("immediate", present, local);
      return { ...insn, imm64: BigInt.asUintN(64, target.value) };
    }
  }
  throw refuse(`opcode 0x${insn.opcode.toString(16)} has no place for a relocated value`);
}

function patchImmediate(insn: Instruction, local: CoreValue, target: CoreValue): Instruction {
  if ((insn.opcode & SOURCE_REGISTER) !== 0) {
    throw refuse(`opcode 0x${insn.opcode.toString(16)} takes a register, wanted an immediate`);
  }
  if (local.isChecked && BigInt(insn.imm) !== BigInt.asIntN(32, local.value)) {
    throw mismatch("immediate", BigInt(insn.imm), local);
  }
  // 64-bit arithmetic extends the sign; 32-bit doesn't care.
  const isWide = (insn.opcode & CLASS_MASK) === CLASS_ALU64;
  const imm = BigInt.asIntN(32, target.value);
  if (imm !== target.value && (isWide || BigInt.asUintN(32, target.value) !== target.value)) {
    throw refuse(`value ${target.value} doesn't fit a 32-bit immediate`);
  }
  return { ...insn, imm: Number(imm) };
}

function patchAccess(insn: Instruction, local: CoreValue, target: CoreValue): Instruction | undefined {
  if (local.isChecked && BigInt(insn.offset) !== local.value) throw mismatch("offset", BigInt(insn.offset), local);
  if (target.value > INT16_MAX)
    throw refuse(`offset ${target.value} is over ${INT16_MAX}, the most of a load or store`);
  const moved = { ...insn, offset: Number(target.value) };
  const from = local.field;
  const to = target.field;
  if (from?.sizeBytes === to?.sizeBytes) return moved;
  if (from === undefined || to === undefined || !keepsValue(from.type, to.type)) return undefined;
  if ((insn.opcode & SIZE_MASK) !== SIZE_BITS.get(from.sizeBytes)) {
    throw refuse(`opcode 0x${insn.opcode.toString(16)} isn't as wide as the field's ${from.sizeBytes} bytes`);
  }
  const size = SIZE_BITS.get(to.sizeBytes);
  if (size === undefined) throw refuse(`no load or store of ${to.sizeBytes} bytes`);
  return { ...moved, opcode: (insn.opcode & ~SIZE_MASK) | size };
}

/** Whether a value is the same when it is read at another width: zeros fill up pointers and unsigned integers. */
function keepsValue(from: BtfType, to: BtfType): boolean {
  if (from.kind === "pointer" && to.kind === "pointer") return true;
  return from.kind === "int" && to.kind === "int" && !from.isSigned && !to.isSigned;
}

function mismatch(what: string, present: bigint, local: CoreValue): FormatError {
  return refuse(`${what} is ${present}, wanted ${local.value} as in the object's types`);
}

function refuse(message: string): FormatError {
  return new FormatError(message, { format: "btf.ext" });
}
