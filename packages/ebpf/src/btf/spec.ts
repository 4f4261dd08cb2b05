import { FormatError } from "../errors.ts";
import { essentialName } from "./name-filter.ts";
import { Names } from "./names.ts";
import { decodeRecord, kindName } from "./record.ts";
import type { StringSection } from "./strings.ts";
import { kindOfInfo, TypeIndex } from "./type-index.ts";
import { BtfKind, type BtfType } from "./types.ts";

const VOID: BtfType = { kind: "void", id: 0, name: "" };

/** What {@link decodeBtf} takes out of a header. */
export interface BtfParts {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly base: BtfSpec | undefined;
  /** The type section in host byte order. */
  readonly words: Uint32Array;
  readonly strings: StringSection;
  readonly section: string | undefined;
}

/**
 * The types of one BTF blob. Nothing is decoded before it is asked for, and what was decoded is kept.
 *
 * A split blob's ids go on where its base's end; it answers for the base's ids and names too.
 */
export class BtfSpec {
  /** The blob, header included; not copied. */
  readonly bytes: Uint8Array;
  /** Byte order of the blob. */
  readonly littleEndian: boolean;
  /** The blob that a split one adds to. */
  readonly base: BtfSpec | undefined;
  /** The strings, a base's included. @internal */
  readonly strings: StringSection;
  readonly #section: string | undefined;
  readonly #index: TypeIndex;
  readonly #names: Names;
  readonly #types = new Map<number, BtfType>();
  readonly #idsByName = new Map<string, readonly number[]>();

  /** Made by {@link decodeBtf} alone. @internal */
  constructor(parts: BtfParts) {
    this.bytes = parts.bytes;
    this.littleEndian = parts.littleEndian;
    this.base = parts.base;
    this.strings = parts.strings;
    this.#section = parts.section;
    this.#index = new TypeIndex(parts.words, parts.strings, {
      section: parts.section,
      firstId: () => this.firstId,
    });
    this.#names = new Names(this.#index, parts.strings);
  }

  /** Id of the first type of its own: 1, or for a split blob the number of types before it, which counts them all. */
  get firstId(): number {
    return this.base?.typeCount ?? 1;
  }

  /**
   * Number of ids in use, from 0 (`void`), a base's included: every id below it is valid. Walks all records on first use.
   * @throws {FormatError} when a record can't be passed
   */
  get typeCount(): number {
    return this.firstId + this.#index.finish();
  }

  /** The type section in host byte order. @internal */
  get words(): Uint32Array {
    return this.#index.words;
  }

  /**
   * Decodes a type; the same object each time.
   * @throws {FormatError} when there is no such id, or the record says what it can't
   */
  typeById(id: number): BtfType {
    const known = this.#types.get(id);
    if (known !== undefined) return known;
    if (id === 0) return VOID;
    const base = this.#baseOf(id);
    if (base !== undefined) return base.typeById(id);
    const at = this.recordOf(id);
    const type = decodeRecord(this.#index.words, at, { id, strings: this.strings, section: this.#section });
    this.#types.set(id, type);
    return type;
  }

  /** A type's name, without decoding the rest; `""` when it has none. @throws {FormatError} when there is no such id */
  nameOf(id: number): string {
    if (id === 0) return "";
    const base = this.#baseOf(id);
    if (base !== undefined) return base.nameOf(id);
    return this.strings.at(this.#index.words[this.recordOf(id)] ?? 0);
  }

  /** A type's kind as BTF numbers it, see {@link BtfKind}. @throws {FormatError} when there is no such id */
  kindOf(id: number): BtfKind {
    if (id === 0) return BtfKind.Void;
    const base = this.#baseOf(id);
    if (base !== undefined) return base.kindOf(id);
    // The walk has passed the record, so its kind is one of BtfKind.
    return kindOfInfo(this.#index.words[this.recordOf(id) + 1] ?? 0) as BtfKind;
  }

  /** Ids of all types of exactly that name, of every kind, ascending. Types without a name are not found. */
  idsByName(name: string): readonly number[] {
    const known = this.#idsByName.get(name);
    if (known !== undefined) return known;
    const ids = this.idsByEssentialName(name).filter((id) => this.nameOf(id) === name);
    this.#idsByName.set(name, ids);
    return ids;
  }

  /**
   * The first type of a name and kind; walks no further than that, so that a common type of kernel BTF costs little.
   * @returns its id; undefined when there is none
   */
  findId(name: string, kind: BtfType["kind"]): number | undefined {
    const inBase = this.base?.findId(name, kind);
    if (inBase !== undefined) return inBase;
    const firstId = this.firstId;
    const position = this.#names.findFirst(essentialName(name), (candidate) => {
      const id = firstId + candidate;
      return kindName(this.kindOf(id)) === kind && this.nameOf(id) === name;
    });
    return position < 0 ? undefined : firstId + position;
  }

  /**
   * Ids of all types of that name or, for `NAME`, of `NAME___flavour`; ascending, of every kind: what CO-RE chooses among.
   * @param name with or without a flavour, which doesn't count
   */
  idsByEssentialName(name: string): readonly number[] {
    const firstId = this.firstId;
    const own = this.#names.find(essentialName(name)).map((position) => firstId + position);
    return this.base === undefined ? own : [...this.base.idsByEssentialName(name), ...own];
  }

  /** Finds some names in one look, so that looking them up one by one afterwards costs nothing; worth it from two names on. */
  prepareNames(names: Iterable<string>): void {
    const essential = Array.from(names, essentialName);
    this.base?.prepareNames(essential);
    this.#names.prepare(essential);
  }

  /** The offset of a string in the blob's string section, its base's not looked at; undefined when it isn't there. */
  offsetOfString(text: string): number | undefined {
    return this.strings.offsetOf(text);
  }

  /** Word offset in {@link words} of one of the own records. @throws {FormatError} when there is no such id @internal */
  recordOf(id: number): number {
    const position = id - this.firstId;
    const at = Number.isInteger(position) ? this.#index.startOf(position) : -1;
    if (at < 0) {
      const place = this.#section === undefined ? "" : `section "${this.#section}": `;
      throw new FormatError(`${place}type id ${id}, wanted 0 to ${this.typeCount - 1}`, {
        format: "btf",
        section: this.#section,
      });
    }
    return at;
  }

  /** The base, when the id is one of its types. */
  #baseOf(id: number): BtfSpec | undefined {
    return this.base !== undefined && id < this.firstId ? this.base : undefined;
  }
}
