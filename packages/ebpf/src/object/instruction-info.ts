import type { InstructionMeta, Reference } from "../asm/instruction.ts";
import type { BtfExt, BtfExtCoreRelocation, BtfExtFunction, BtfExtLine } from "../btf/ext-info.ts";

/** What `.BTF.ext` says of the instructions of one section of code, by the byte that they start at. */
export class InstructionInfo {
  readonly #functions: ReadonlyMap<number, BtfExtFunction>;
  readonly #lines: ReadonlyMap<number, BtfExtLine>;
  readonly #relocations: ReadonlyMap<number, BtfExtCoreRelocation>;

  /**
   * @param extInfo the object's records; undefined when it has none
   * @param section name of the section of code
   */
  constructor(extInfo: BtfExt | undefined, section: string) {
    this.#functions = byOffset(extInfo?.functions.get(section));
    this.#lines = byOffset(extInfo?.lines.get(section));
    this.#relocations = byOffset(extInfo?.relocations.get(section));
  }

  /**
   * Makes what is known of an instruction.
   *
   * @param offset bytes from the section's start
   * @param symbol name of the function that starts here
   * @param reference what the instruction names
   * @returns undefined when nothing is known
   */
  metaAt(offset: number, symbol: string | undefined, reference: Reference | undefined): InstructionMeta | undefined {
    const line = this.#lines.get(offset);
    const core = this.#relocations.get(offset);
    if (line === undefined && core === undefined && symbol === undefined && reference === undefined) return undefined;
    const typeId = symbol === undefined ? undefined : this.#functions.get(offset)?.typeId;
    // Filled in rather than spread: this runs for every instruction while a command starts.
    const meta: { -readonly [Key in keyof InstructionMeta]: InstructionMeta[Key] } = {};
    if (symbol !== undefined) meta.symbol = symbol;
    if (typeId !== undefined) meta.funcTypeId = typeId;
    if (line !== undefined) meta.source = line;
    if (reference !== undefined) meta.reference = reference;
    if (core !== undefined) meta.core = core;
    return meta;
  }
}

function byOffset<T extends { readonly insnOffset: number }>(records: readonly T[] = []): Map<number, T> {
  const index = new Map<number, T>();
  for (const record of records) index.set(record.insnOffset, record);
  return index;
}
