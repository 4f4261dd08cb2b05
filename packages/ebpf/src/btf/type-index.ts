import { FormatError } from "../errors.ts";
import type { NameFilter } from "./name-filter.ts";
import type { StringSection } from "./strings.ts";
import { BtfKind } from "./types.ts";

/** Words of every record's head: name, info, size or type. */
export const HEAD_WORDS = 3;

// Larger than any section, so that a record of an unknown kind ends the walk by itself.
const UNKNOWN = 1 << 28;

/** Words behind the head, by kind: `fixed + vlen * each`. @source kernel: include/uapi/linux/btf.h */
const FIXED_WORDS = new Uint32Array(32).fill(UNKNOWN);
const EACH_WORDS = new Uint8Array(32);
for (const kind of Object.values(BtfKind)) if (kind !== BtfKind.Void) FIXED_WORDS[kind] = 0;
for (const kind of [BtfKind.Int, BtfKind.Variable, BtfKind.DeclarationTag]) FIXED_WORDS[kind] = 1;
FIXED_WORDS[BtfKind.Array] = 3;
for (const kind of [BtfKind.Enum, BtfKind.FunctionPrototype]) EACH_WORDS[kind] = 2;
for (const kind of [BtfKind.Struct, BtfKind.Union, BtfKind.DataSection, BtfKind.Enum64]) EACH_WORDS[kind] = 3;

const NO_BITS = new Int32Array(256);

/** The kind in a record's info word. */
export function kindOfInfo(info: number): number {
  return (info >>> 24) & 31;
}

/** The count of things that follow the record, in its info word. */
export function vlenOfInfo(info: number): number {
  return info & 0xffff;
}

/** The flag in a record's info word, whose meaning is the kind's. */
export function flagOfInfo(info: number): boolean {
  return info >>> 31 === 1;
}

/** What errors say of a type section. */
export interface TypeSectionPlace {
  /** Name of the ELF section or file. */
  readonly section: string | undefined;
  /** Id of the first record. */
  readonly firstId: () => number;
}

/**
 * Where each record of a type section starts. Records have no directory, so that finding one means walking those before it;
 * the walk goes only as far as it is asked to, and on from there the next time. Positions count from 0 in this section.
 */
export class TypeIndex {
  /** The type section in host byte order. */
  readonly words: Uint32Array;
  readonly #strings: StringSection;
  readonly #place: TypeSectionPlace;
  // Sized for the smallest records; the pages that the walk never reaches are never backed by memory.
  readonly #starts: Uint32Array;
  #size = 0;
  #next = 0;

  /**
   * @param words the type section in host byte order
   * @param strings the names
   * @param place what errors say of it
   */
  constructor(words: Uint32Array, strings: StringSection, place: TypeSectionPlace) {
    this.words = words;
    this.#strings = strings;
    this.#place = place;
    this.#starts = new Uint32Array(Math.ceil(words.length / HEAD_WORDS));
  }

  /** Records walked so far. */
  get size(): number {
    return this.#size;
  }

  /** Whether every record has been walked. */
  get isComplete(): boolean {
    return this.#next === this.words.length;
  }

  /**
   * Word offset of the record at a position; -1 when there are fewer.
   * @throws {FormatError} when the walk meets a record that it can't pass
   */
  startOf(position: number): number {
    if (position >= this.#size) this.advance(position + 1);
    return position < this.#size && position >= 0 ? (this.#starts[position] ?? -1) : -1;
  }

  /** Number of all records. @throws {FormatError} when the walk meets a record that it can't pass */
  finish(): number {
    this.advance(Number.POSITIVE_INFINITY);
    return this.#size;
  }

  /**
   * Walks on until `stop` records are indexed, the section ends, or a record's name may be one of the filter's.
   * @returns the position of that record, which is then the last one indexed; -1 when there is none
   * @throws {FormatError} when a record's kind is unknown or its end is outside of the section
   */
  advance(stop: number, filter?: NameFilter): number {
    // This loop is the cost of kernel BTF, run once and cold: it stays small, calls nothing and has all it needs in locals, which an interpreter reaches faster. The `as number` are elements that
    // may be undefined only behind the end of a section; `undefined` then counts as 0 in the bit operations, and a record that
    // ends there is refused below.
    const words = this.words;
    const starts = this.#starts;
    const strings = this.#strings.bytes;
    const ownStart = this.#strings.start;
    const lastForeign = Math.max(ownStart - 1, 0);
    const first = filter?.first ?? NO_BITS;
    const second = filter?.second ?? NO_BITS;
    const third = filter?.third ?? NO_BITS;
    const hasFilter = filter !== undefined;
    const headWords = HEAD_WORDS;
    const fixedWords = FIXED_WORDS;
    const eachWords = EACH_WORDS;
    const end = words.length;
    let size = this.#size;
    let at = this.#next;
    let hit = -1;
    while (at < end && size < stop) {
      starts[size++] = at;
      const nameOffset = words[at] as number;
      const info = words[at + 1] as number;
      const kind = (info >>> 24) & 31;
      at += headWords + (fixedWords[kind] as number) + (eachWords[kind] as number) * (info & 0xffff);
      if (nameOffset > lastForeign) {
        const name = nameOffset - ownStart;
        const bits = first[strings[name] as number] as number;
        if (bits !== 0 && ((second[strings[name + 1] ?? 0] ?? 0) & (third[strings[name + 2] ?? 0] ?? 0) & bits) !== 0) {
          hit = size - 1;
          break;
        }
      } else if (nameOffset !== 0 && hasFilter) {
        hit = size - 1; // a name in the base's strings: the caller compares
        break;
      }
    }
    if (at > end) this.#refuse(size - 1, starts[size - 1] ?? 0);
    this.#size = size;
    this.#next = at;
    return hit;
  }

  /**
   * The next record, of those indexed, whose name may be one of the filter's.
   * @param from position to begin at
   * @returns its position; -1 when there is none
   */
  next(from: number, filter: NameFilter): number {
    const words = this.words;
    const starts = this.#starts;
    const strings = this.#strings.bytes;
    const ownStart = this.#strings.start;
    const lastForeign = Math.max(ownStart - 1, 0);
    const { first, second, third } = filter;
    // As in advance(): an element behind a section's end is undefined and counts as 0.
    const size = this.#size;
    for (let position = from; position < size; position++) {
      const nameOffset = words[starts[position] as number] as number;
      if (nameOffset > lastForeign) {
        const name = nameOffset - ownStart;
        const bits = first[strings[name] as number] as number;
        if (bits !== 0 && ((second[strings[name + 1] ?? 0] ?? 0) & (third[strings[name + 2] ?? 0] ?? 0) & bits) !== 0) {
          return position;
        }
      } else if (nameOffset !== 0) return position;
    }
    return -1;
  }

  /** Refuses the record where the walk went behind the end, and leaves the walk before it. */
  #refuse(position: number, at: number): never {
    this.#size = position;
    this.#next = at;
    const info = this.words[at + 1] ?? 0;
    const kind = kindOfInfo(info);
    const isCut =
      at + HEAD_WORDS > this.words.length || (kind !== BtfKind.Void && (FIXED_WORDS[kind] ?? UNKNOWN) < UNKNOWN);
    const what = isCut
      ? `ends behind the section's ${this.words.length * 4} bytes`
      : `is of kind ${kind}, wanted 1 to ${BtfKind.Enum64}`;
    const { section, firstId } = this.#place;
    const where = section === undefined ? "" : `section "${section}": `;
    throw new FormatError(`${where}type ${firstId() + position} at byte ${at * 4} of the types ${what}`, {
      format: "btf",
      section,
      offset: at * 4,
    });
  }
}
