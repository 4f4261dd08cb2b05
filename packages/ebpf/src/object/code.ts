import { decodeInstructions } from "../asm/decode.ts";
import { type Instruction, SLOT_BYTES, slotsOf } from "../asm/instruction.ts";
import { relocationsOf } from "../elf/relocation.ts";
import type { ElfSection } from "../elf/section.ts";
import { FormatError } from "../errors.ts";
import type { FunctionPlace } from "./functions.ts";
import { InstructionInfo } from "./instruction-info.ts";
import type { ObjectFile } from "./object-file.ts";
import { indexRelocations, type ReferenceTargets, referenceOf } from "./references.ts";

/**
 * Decodes the functions of one section of code, and attaches to their instructions what the object says of them.
 *
 * @param places the section's functions
 * @returns each function with its instructions, in the order of `places`
 * @throws {FormatError} when code isn't well-formed, or a relocation belongs to no instruction
 * @throws {RelocationError} when an instruction refers to what isn't there
 */
export function decodeCode(
  object: ObjectFile,
  section: ElfSection,
  places: readonly FunctionPlace[],
  targets: ReferenceTargets,
): [FunctionPlace, Instruction[]][] {
  const relocations = indexRelocations(section.name, relocationsOf(object.elf, section));
  const info = new InstructionInfo(object.extInfo, section.name);
  const decoded = places.map((place): [FunctionPlace, Instruction[]] => {
    const code = section.bytes.subarray(place.start, place.end);
    let offset = place.start;
    const insns = decodeInstructions(code, object.elf.littleEndian).map((insn, index) => {
      const relocation = relocations.get(offset);
      if (relocation !== undefined) relocations.delete(offset);
      const reference = referenceOf(object, targets, insn, { place, offset }, relocation);
      const meta = info.metaAt(offset, index === 0 ? place.name : undefined, reference);
      offset += slotsOf(insn) * SLOT_BYTES;
      return meta === undefined ? insn : { ...insn, meta };
    });
    return [place, insns];
  });
  for (const { offset, symbol } of relocations.values()) {
    throw new FormatError(
      `section "${section.name}": reference to "${symbol.name}" at byte ${offset}, where no function has an instruction`,
      { format: "elf", section: section.name, offset },
    );
  }
  return decoded;
}
