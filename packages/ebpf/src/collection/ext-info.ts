import { type Instruction, slotsOf } from "../asm/instruction.ts";
import type { BtfSpec } from "../btf/spec.ts";
import { ByteWriter } from "../bytes/writer.ts";

/**
 * Writes where each function of a program begins, and its type.
 *
 * | bytes | field |
 * | --- | --- |
 * | 0-3 | first instruction, in slots |
 * | 4-7 | id of the function's type |
 *
 * @returns nothing to load when the program's first instruction has no type, which the kernel would refuse
 * @source kernel: include/uapi/linux/bpf.h, struct bpf_func_info
 */
export function encodeFunctionInfo(instructions: readonly Instruction[]): Uint8Array | undefined {
  if (instructions[0]?.meta?.funcTypeId === undefined) return undefined;
  const writer = new ByteWriter(true);
  let slot = 0;
  for (const insn of instructions) {
    const typeId = insn.meta?.funcTypeId;
    if (typeId !== undefined) writer.u32(slot).u32(typeId);
    slot += slotsOf(insn);
  }
  return writer.finish();
}

/**
 * Writes which source line each instruction is of. Lines whose text isn't among the object's strings are left out.
 *
 * | bytes | field |
 * | --- | --- |
 * | 0-3 | first instruction, in slots |
 * | 4-7 | file name, as an offset into the strings |
 * | 8-11 | line's text, likewise |
 * | 12-15 | line in the upper 22 bits, column in the lower 10 |
 *
 * @returns nothing to load when the program's first instruction has no line, which the kernel would refuse
 * @source kernel: include/uapi/linux/bpf.h, struct bpf_line_info
 */
export function encodeLineInfo(instructions: readonly Instruction[], types: BtfSpec): Uint8Array | undefined {
  if (instructions[0]?.meta?.source === undefined) return undefined;
  const writer = new ByteWriter(true, instructions.length * 8);
  let slot = 0;
  for (const insn of instructions) {
    const source = insn.meta?.source;
    const file = source && types.offsetOfString(source.file);
    const text = source && types.offsetOfString(source.text);
    if (source !== undefined && file !== undefined && text !== undefined) {
      writer
        .u32(slot)
        .u32(file)
        .u32(text)
        .u32(((source.line << 10) | (source.column & 0x3ff)) >>> 0);
    }
    slot += slotsOf(insn);
  }
  return writer.finish();
}
