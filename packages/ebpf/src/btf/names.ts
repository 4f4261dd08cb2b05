import { MAX_FILTER_NAMES, NameFilter } from "./name-filter.ts";
import { NameIndex } from "./name-index.ts";
import { MAX_NAME_BYTES, type StringSection } from "./strings.ts";
import type { TypeIndex } from "./type-index.ts";

const encoder = new TextEncoder();

// Past this many records looked at one name after another, hashing all of them once is cheaper.
const MAX_SCANNED_ROUNDS = 8;
const MAX_SCANNED_PARTIALLY = 1_000_000;

/**
 * Finds the records of one type section by essential name. A few names cost one look at each record, together; many names, or one
 * after another, build the {@link NameIndex}. What was found is kept.
 */
export class Names {
  readonly #types: TypeIndex;
  readonly #strings: StringSection;
  readonly #found = new Map<string, readonly number[]>();
  #index: NameIndex | undefined;
  #scanned = 0;

  /**
   * @param types the records
   * @param strings their names
   */
  constructor(types: TypeIndex, strings: StringSection) {
    this.#types = types;
    this.#strings = strings;
  }

  /** Positions of all records of an essential name, ascending. */
  find(name: string): readonly number[] {
    const known = this.#found.get(name);
    if (known !== undefined) return known;
    this.prepare([name]);
    return this.#found.get(name) ?? [];
  }

  /** Finds some essential names in one look, so that {@link find} then knows them. */
  prepare(names: Iterable<string>): void {
    const wanted: string[] = [];
    for (const name of new Set(names)) {
      if (this.#found.has(name)) continue;
      if (isPossible(name)) wanted.push(name);
      else this.#found.set(name, []);
    }
    if (wanted.length === 0) return;
    const encoded = wanted.map((name) => encoder.encode(name));
    let lists: number[][];
    if (this.#index === undefined && wanted.length <= MAX_FILTER_NAMES && !this.#isWorthIndexing()) {
      lists = encoded.map(() => []);
      this.#scan(new NameFilter(encoded), (position, name) => {
        lists[name]?.push(position);
        return false;
      });
    } else {
      this.#index ??= new NameIndex(this.#types, this.#strings);
      const index = this.#index;
      lists = encoded.map((name) => index.find(name));
    }
    for (const [index, name] of wanted.entries()) this.#found.set(name, lists[index] ?? []);
  }

  /**
   * The first record of an essential name that `isWanted` accepts; walks no further than that.
   * @returns its position; -1 when there is none
   */
  findFirst(name: string, isWanted: (position: number) => boolean): number {
    if (this.#index !== undefined || this.#found.has(name) || !isPossible(name) || this.#isWorthIndexing()) {
      return this.find(name).find(isWanted) ?? -1;
    }
    let found = -1;
    this.#scan(new NameFilter([encoder.encode(name)]), (position) => {
      if (isWanted(position)) found = position;
      return found >= 0;
    });
    return found;
  }

  /** Looks at every record, those not yet indexed included, until `visit` says that it has enough. */
  #scan(filter: NameFilter, visit: (position: number, name: number) => boolean): void {
    const types = this.#types;
    const isEnough = (position: number): boolean => {
      const name = filter.match(this.#strings, types.words[types.startOf(position)] ?? 0);
      return name >= 0 && visit(position, name);
    };
    this.#scanned += types.size;
    for (let at = types.next(0, filter); at >= 0; at = types.next(at + 1, filter)) if (isEnough(at)) return;
    while (!types.isComplete) {
      const at = types.advance(Number.POSITIVE_INFINITY, filter);
      if (at >= 0 && isEnough(at)) return;
    }
  }

  #isWorthIndexing(): boolean {
    const { isComplete, size } = this.#types;
    return this.#scanned > (isComplete ? size * MAX_SCANNED_ROUNDS : MAX_SCANNED_PARTIALLY);
  }
}

function isPossible(name: string): boolean {
  return name !== "" && name.length <= MAX_NAME_BYTES && !name.includes("\0");
}
