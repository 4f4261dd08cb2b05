import { decodeBtf } from "../btf/decode.ts";
import type { BtfSpec } from "../btf/spec.ts";
import { vlenOfInfo } from "../btf/type-index.ts";
import type { ElfFile } from "../elf/file.ts";
import { RelocationType, relocationsOf } from "../elf/relocation.ts";
import { type ElfSection, SectionFlag } from "../elf/section.ts";
import { FormatError } from "../errors.ts";

const HEADER_SIZE_FIELD = 4;
const TYPE_OFFSET_FIELD = 8;
const HEAD_BYTES = 12;
const INFO_FIELD = 4;
const SIZE_FIELD = 8;
const ENTRY_BYTES = 12;
const ENTRY_OFFSET_FIELD = 4;

/**
 * Decodes an object's types, and fills in what compilers leave open, since only the file's other parts say it: the place of
 * each variable in its section, and each data section's size. The kernel refuses types without them, and variables that
 * aren't in order.
 *
 * @param section the `.BTF` section
 * @returns the types; their bytes are a copy of the section's
 * @throws {FormatError} when the types can't be walked, or a relocation isn't in the section
 * @source kernel: kernel/bpf/btf.c, btf_datasec_check_meta
 */
export function decodeTypes(elf: ElfFile, section: ElfSection): BtfSpec {
  const bytes = new Uint8Array(section.bytes);
  const view = new DataView(bytes.buffer);
  for (const { offset, type, symbol } of relocationsOf(elf, section)) {
    // Compilers before LLVM 13 said Insn32 for these.
    const isWord = type === RelocationType.NoDyld32 || type === RelocationType.Abs32 || type === RelocationType.Insn32;
    if (!isWord || offset + 4 > bytes.length) {
      throw new FormatError(
        `section "${section.name}": relocation of type ${type} at byte ${offset} of ${bytes.length}`,
        { format: "btf", section: section.name, offset },
      );
    }
    view.setUint32(offset, view.getUint32(offset, elf.littleEndian) + symbol.value, elf.littleEndian);
  }

  const types = decodeBtf(bytes, { section: section.name });
  const { littleEndian } = types;
  const firstRecord = view.getUint32(HEADER_SIZE_FIELD, littleEndian) + view.getUint32(TYPE_OFFSET_FIELD, littleEndian);
  const holders = elf.sections.filter(isDataHolder);
  types.prepareNames(holders.map(({ name }) => name));
  for (const { name, sizeBytes } of holders) {
    const id = types.findId(name, "data-section");
    if (id === undefined) continue;
    const record = firstRecord + types.recordOf(id) * 4;
    const isOpen = view.getUint32(record + SIZE_FIELD, littleEndian) === 0;
    if (isOpen) view.setUint32(record + SIZE_FIELD, sizeBytes, littleEndian);
    const count = vlenOfInfo(view.getUint32(record + INFO_FIELD, littleEndian));
    const entries = record + HEAD_BYTES;
    sortEntries(bytes.subarray(entries, entries + count * ENTRY_BYTES), littleEndian);
  }
  // No type has been decoded yet. Where the words are a view of the bytes they have what was filled in; a copy has not.
  return types.words.buffer === bytes.buffer ? types : decodeBtf(bytes, { section: section.name });
}

/** Whether the section is one of those whose variables BTF lists. */
function isDataHolder(section: ElfSection): boolean {
  return (
    (section.flags & SectionFlag.Alloc) !== 0 && (section.flags & SectionFlag.ExecInstr) === 0 && section.sizeBytes > 0
  );
}

/** Puts the variables of a data section into the order of their places. */
function sortEntries(bytes: Uint8Array, littleEndian: boolean): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts: number[] = [];
  for (let start = 0; start < bytes.length; start += ENTRY_BYTES) starts.push(start);
  const offsetAt = (start: number): number => view.getUint32(start + ENTRY_OFFSET_FIELD, littleEndian);
  const isSorted = starts.every((start, index) => index === 0 || offsetAt(starts[index - 1] ?? 0) <= offsetAt(start));
  if (isSorted) return;
  const sorted = starts
    .sort((a, b) => offsetAt(a) - offsetAt(b))
    .flatMap((start) => [...bytes.subarray(start, start + ENTRY_BYTES)]);
  bytes.set(sorted);
}
