import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { decodeElf, decodeInstructions, encodeInstructions, type Instruction, slotsOf } from "ebpf-ts/core";

/** What llvm-objdump says: by section and function, lines of a slot and its instruction's text. */
type Answer = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

const answers: Record<string, Answer> = JSON.parse(await readFile("test/conformance/asm.answers.json", "utf8"));
const ARITHMETIC = ["+=", "-=", "*=", "/=", "|=", "&=", "<<=", ">>=", "", "%=", "^=", "=", "s>>="];
const COMPARISON = ["", "==", ">", ">=", "&", "!=", "s>", "s>=", "", "", "<", "<=", "s<", "s<="];
const WIDTH = ["u32", "u16", "u8", "u64"];

const hex = (value: number | bigint): string => (value < 0 ? `-0x${(-value).toString(16)}` : `0x${value.toString(16)}`);
const signed = (value: number): string => (value < 0 ? `- ${hex(-value)}` : `+ ${hex(value)}`);
const target = (slots: number): string => `goto ${slots < 0 ? "-" : "+"}${hex(Math.abs(slots))}`;

/** An instruction in the manner of llvm-objdump, for the forms that the objects have. */
function textOf({ opcode, dst, src, offset, imm, imm64 }: Instruction): string {
  const family = opcode & 7;
  const register = family === 4 || family === 6 ? "w" : "r";
  const operand = opcode & 8 ? `${register}${src}` : hex(imm);
  const place = (base: number): string => `*(${WIDTH[(opcode >> 3) & 3]} *)(r${base} ${signed(offset)})`;
  switch (family) {
    case 0:
      return `r${dst} = ${hex(imm64 ?? 0n)} ll`;
    case 1:
      return `r${dst} = ${place(src)}`;
    case 3:
      if (opcode >> 5 !== 6) return `${place(dst)} = r${src}`;
      if (imm & 1) return `r${src} = atomic_fetch_add((u64 *)(r${dst} ${signed(offset)}), r${src})`;
      return `lock ${place(dst)} += r${src}`;
    case 4:
    case 7:
      return `${register}${dst} ${ARITHMETIC[opcode >> 4]} ${operand}`;
    default:
      if (opcode === 0x85) return `call ${hex(imm)}`;
      if (opcode === 0x95) return "exit";
      if (opcode === 0x05) return target(offset);
      return `if ${register}${dst} ${COMPARISON[opcode >> 4]} ${operand} ${target(offset)}`;
  }
}

for (const [object, sections] of Object.entries(answers)) {
  test(`instructions of ${object} are those that llvm-objdump lists`, async () => {
    const file = decodeElf(await readFile(`testdata/${object}`));
    for (const [name, functions] of Object.entries(sections)) {
      const section = file.sections.find((candidate) => candidate.name === name);
      assert.ok(section);
      const insns = decodeInstructions(section.bytes, file.littleEndian);
      let slot = 0;
      const lines = insns.map((insn) => {
        const line = `${slot} ${textOf(insn)}`;
        slot += slotsOf(insn);
        return line;
      });
      // Static functions of one name are one entry of the answer.
      assert.deepEqual(
        lines,
        Object.values(functions)
          .flat()
          .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10)),
      );
      assert.deepEqual(encodeInstructions(insns, file.littleEndian).bytes, new Uint8Array(section.bytes));
    }
  });
}
