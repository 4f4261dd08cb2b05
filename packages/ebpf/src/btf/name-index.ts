import { isEssentialName } from "./name-filter.ts";
import { MAX_NAME_BYTES, type StringSection } from "./strings.ts";
import type { TypeIndex } from "./type-index.ts";

const UNDERSCORE = 0x5f;
const MAX_BUCKETS = 1 << 20;

/**
 * Every name of a type section, hashed by its bytes; no string is made. Chains keep the order of the records and stay correct,
 * if slow, when hostile names collide.
 *
 * | array | holds | for 126,573 types |
 * | --- | --- | --- |
 * | heads | by hash: 1 + the first position | 512 KB |
 * | following | by position: 1 + the next position of the same hash | 506 KB |
 */
export class NameIndex {
  readonly #types: TypeIndex;
  readonly #strings: StringSection;
  readonly #heads: Uint32Array;
  readonly #following: Uint32Array;

  /**
   * Walks and hashes all records.
   * @throws {FormatError} when the walk meets a record that it can't pass
   */
  constructor(types: TypeIndex, strings: StringSection) {
    const count = types.finish();
    this.#types = types;
    this.#strings = strings;
    let buckets = 16;
    while (buckets < count && buckets < MAX_BUCKETS) buckets *= 2;
    const heads = new Uint32Array(buckets);
    const following = new Uint32Array(count);
    const own = strings.bytes;
    const start = strings.start;
    // Backwards, so that each chain runs forwards.
    for (let position = count - 1; position >= 0; position--) {
      const offset = types.words[types.startOf(position)] ?? 0;
      if (offset === 0) continue;
      let hash: number;
      if (offset >= start) hash = hashName(own, offset - start);
      else {
        const owner = strings.owner(offset);
        if (owner === undefined) continue;
        hash = hashName(owner.bytes, offset - owner.start);
      }
      const bucket = hash & (buckets - 1);
      following[position] = heads[bucket] ?? 0;
      heads[bucket] = position + 1;
    }
    this.#heads = heads;
    this.#following = following;
  }

  /** Positions of all records of an encoded essential name, ascending. */
  find(name: Uint8Array): number[] {
    const found: number[] = [];
    const bucket = hashName(name, 0) & (this.#heads.length - 1);
    for (let link = this.#heads[bucket] ?? 0; link !== 0; link = this.#following[link - 1] ?? 0) {
      const position = link - 1;
      const offset = this.#types.words[this.#types.startOf(position)] ?? 0;
      const owner = this.#strings.owner(offset);
      if (owner !== undefined && isEssentialName(owner.bytes, offset - owner.start, name)) found.push(position);
    }
    return found;
  }
}

/**
 * FNV-1a of a name up to its first `___`, so that a name and its flavours meet in one chain.
 * The end is a NUL or the end of `bytes`.
 */
function hashName(bytes: Uint8Array, at: number): number {
  let hash = 0x811c9dc5;
  const end = Math.min(bytes.length, at + MAX_NAME_BYTES);
  for (let index = at; index < end; index++) {
    const byte = bytes[index] ?? 0;
    if (byte === 0) break;
    if (byte === UNDERSCORE && index > at && bytes[index + 1] === UNDERSCORE && bytes[index + 2] === UNDERSCORE) break;
    hash = Math.imul(hash ^ byte, 0x01000193);
  }
  return hash ^ (hash >>> 15);
}
