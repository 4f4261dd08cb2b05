import { type Instruction, slotsOf } from "../asm/instruction.ts";
import { CALL, CallMark, LoadMark } from "../asm/opcode.ts";
import { toRegister } from "../asm/register.ts";
import { RelocationError } from "../errors.ts";
import type { CollectionSpec, ProgramSpec } from "./spec.ts";

const CALL_MARK = toRegister(CallMark.Function);
const LOAD_MARK = toRegister(LoadMark.Function);

/**
 * Makes one stream of a program and all functions that it calls or passes, each once, in the order of their first mention, and
 * fills in the distances between them. Maps and their values are left to the loader; references stay in `meta`, so that a
 * listing can name what is called.
 *
 * @param spec the object whose functions and programs may be called
 * @param program one of the object's programs, or one of other instructions that name the object's functions
 * @throws {RelocationError} when a function isn't in the object
 */
export function linkProgram(spec: CollectionSpec, program: ProgramSpec): Instruction[] {
  const linked: Instruction[] = [];
  const slots: number[] = [];
  const starts = new Map<string, number>();
  const bodies: { readonly name: string; readonly insns: readonly Instruction[] }[] = [];
  const isQueued = new Set<string>();
  const queue = (name: string, insns: readonly Instruction[]): void => {
    isQueued.add(name);
    bodies.push({ name, insns });
  };

  queue(program.name, program.instructions);
  let slot = 0;
  // The list grows while it is walked: functions add what they call in turn.
  for (const { name, insns } of bodies) {
    starts.set(name, slot);
    for (const insn of insns) {
      linked.push(insn);
      slots.push(slot);
      const reference = insn.meta?.reference;
      if (reference?.kind === "function" && !isQueued.has(reference.name)) {
        queue(reference.name, bodyOf(spec, program, reference.name, slot));
      }
      slot += slotsOf(insn);
    }
  }
  return linked.map((insn, index) => {
    const reference = insn.meta?.reference;
    if (reference?.kind !== "function") return insn;
    // Both places count from the slot behind the first of the instruction.
    const distance = (starts.get(reference.name) ?? 0) - (slots[index] ?? 0) - 1;
    if (insn.opcode === CALL) return { ...insn, src: CALL_MARK, imm: distance };
    return { ...insn, src: LOAD_MARK, imm: 0, imm64: BigInt.asUintN(32, BigInt(distance)) };
  });
}

function bodyOf(spec: CollectionSpec, program: ProgramSpec, name: string, slot: number): readonly Instruction[] {
  const body = spec.functions.get(name) ?? spec.programs.get(name)?.instructions;
  if (body !== undefined) return body;
  throw new RelocationError(`program "${program.name}", instruction ${slot}: no function "${name}" in the object`, {
    program: program.name,
    insn: slot,
    relocation: name,
    candidates: [...spec.functions.keys()],
  });
}
