import { FormatError } from "../errors.ts";
import { type Instruction, LD_IMM64, SLOT_BYTES } from "./instruction.ts";
import { type Register, toRegister } from "./register.ts";

const REGISTERS: readonly Register[] = Array.from({ length: 11 }, (_, number) => toRegister(number));

/**
 * Decodes instructions, one after another, to the end of `bytes`.
 *
 * | bytes | little-endian | big-endian |
 * | --- | --- | --- |
 * | 0 | opcode | opcode |
 * | 1 | `src` high, `dst` low nibble | `dst` high, `src` low nibble |
 * | 2-3, 4-7 | offset, imm | the same, most significant byte first |
 *
 * `ld_imm64` takes 16 bytes: the second slot holds only the upper half of the immediate.
 *
 * @throws {FormatError} when the bytes end within an instruction, a register is above 10, or the second slot of `ld_imm64`
 *   has anything but an immediate
 * @source kernel: Documentation/bpf/standardization/instruction-set.rst
 */
export function decodeInstructions(bytes: Uint8Array, littleEndian: boolean): Instruction[] {
  if (bytes.length % SLOT_BYTES !== 0) {
    throw fault(`${bytes.length} bytes of instructions are no multiple of ${SLOT_BYTES}`, bytes.length);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const insns: Instruction[] = [];
  for (let at = 0; at < bytes.length; at += SLOT_BYTES) {
    const opcode = view.getUint8(at);
    const nibbles = view.getUint8(at + 1);
    const dst = REGISTERS[littleEndian ? nibbles & 15 : nibbles >> 4];
    const src = REGISTERS[littleEndian ? nibbles >> 4 : nibbles & 15];
    if (dst === undefined || src === undefined) {
      throw fault(`register ${Math.max(nibbles & 15, nibbles >> 4)} at byte ${at}, wanted 0 to 10`, at);
    }
    const offset = view.getInt16(at + 2, littleEndian);
    if (opcode !== LD_IMM64) {
      insns.push({ opcode, dst, src, offset, imm: view.getInt32(at + 4, littleEndian) });
      continue;
    }
    const low = view.getUint32(at + 4, littleEndian);
    at += SLOT_BYTES;
    if (at >= bytes.length) throw fault(`ld_imm64 at byte ${at - SLOT_BYTES} has no second slot`, at);
    if (view.getUint32(at, littleEndian) !== 0) {
      throw fault(`second slot of ld_imm64 at byte ${at} has more than an immediate`, at);
    }
    const high = view.getUint32(at + 4, littleEndian);
    // Most constants and all addends fit 32 bits: this spares two big integers.
    const imm64 = high === 0 ? BigInt(low) : (BigInt(high) << 32n) | BigInt(low);
    insns.push({ opcode, dst, src, offset, imm: 0, imm64 });
  }
  return insns;
}

function fault(message: string, offset: number): FormatError {
  return new FormatError(message, { format: "insn", offset });
}
