import { type Instruction, LD_IMM64, SLOT_BYTES, slotsOf } from "./instruction.ts";
import { FIRST_VIRTUAL_REGISTER } from "./register.ts";

/** Instructions as the kernel takes them, and where each of them is. */
export interface EncodedInstructions {
  /** All slots, 8 bytes each. */
  readonly bytes: Uint8Array;
  /** For each instruction its first byte; records of functions, lines and CO-RE are keyed by it. */
  readonly offsets: Uint32Array;
}

/**
 * Encodes instructions one after another; see `decodeInstructions` for the layout. References stay out of it: what
 * `meta` names has to be in `src`, `imm` or `imm64` by then.
 *
 * @throws {RangeError} when a field doesn't fit, a register is virtual, or `imm64` is on anything but `ld_imm64`
 */
export function encodeInstructions(insns: readonly Instruction[], littleEndian: boolean): EncodedInstructions {
  const offsets = new Uint32Array(insns.length);
  let sizeBytes = 0;
  for (const [index, insn] of insns.entries()) {
    offsets[index] = sizeBytes;
    sizeBytes += slotsOf(insn) * SLOT_BYTES;
  }
  const bytes = new Uint8Array(sizeBytes);
  const view = new DataView(bytes.buffer);
  for (const [index, insn] of insns.entries()) {
    checkFields(insn, index);
    const at = offsets[index] ?? 0;
    view.setUint8(at, insn.opcode);
    view.setUint8(at + 1, littleEndian ? (insn.src << 4) | insn.dst : (insn.dst << 4) | insn.src);
    view.setInt16(at + 2, insn.offset, littleEndian);
    if (insn.imm64 === undefined) {
      view.setInt32(at + 4, insn.imm, littleEndian);
    } else {
      view.setUint32(at + 4, Number(insn.imm64 & 0xffffffffn), littleEndian);
      view.setUint32(at + SLOT_BYTES + 4, Number(insn.imm64 >> 32n), littleEndian);
    }
  }
  return { bytes, offsets };
}

function checkFields(insn: Instruction, index: number): void {
  checkRange(insn.opcode, 0, 0xff, "opcode", index);
  checkRegister(insn.dst, "dst", index);
  checkRegister(insn.src, "src", index);
  checkRange(insn.offset, -0x8000, 0x7fff, "offset", index);
  checkRange(insn.imm, -0x80000000, 0x7fffffff, "imm", index);
  const isWide = insn.opcode === LD_IMM64;
  if (isWide !== (insn.imm64 !== undefined)) {
    throw new RangeError(`instruction ${index}: ${isWide ? "ld_imm64 has no imm64" : "only ld_imm64 has an imm64"}`);
  }
  if (insn.imm64 === undefined) return;
  if (insn.imm64 < 0n || insn.imm64 > 0xffffffffffffffffn) {
    throw new RangeError(`instruction ${index}: imm64 is ${insn.imm64}, wanted 0 to 2^64 - 1`);
  }
  if (insn.imm !== 0) throw new RangeError(`instruction ${index}: imm of ld_imm64 is ${insn.imm}, wanted 0`);
}

function checkRegister(register: number, field: string, index: number): void {
  if (register >= FIRST_VIRTUAL_REGISTER) {
    throw new RangeError(`instruction ${index}: ${field} is the virtual register v${register}; allocate it first`);
  }
  checkRange(register, 0, 10, field, index);
}

function checkRange(value: number, least: number, most: number, field: string, index: number): void {
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`instruction ${index}: ${field} is ${value}, wanted ${least} to ${most}`);
  }
}
