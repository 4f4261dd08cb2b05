import { MAX_NAME_BYTES, type StringSection } from "./strings.ts";

/** Most names that one filter takes: a bit each. */
export const MAX_FILTER_NAMES = 31;

const UNDERSCORE = 0x5f;

/**
 * A name without its flavour: `task_struct` of `task_struct___old`. Types whose essential names are equal stand for each other
 * in CO-RE. The flavour follows the last three underscores that have none beside them.
 * @source libbpf: bpf_core_essential_name_len
 */
export function essentialName(name: string): string {
  for (let at = name.length - 4; at > 0; at--) {
    if (name.startsWith("___", at) && name[at - 1] !== "_" && name[at + 3] !== "_") return name.slice(0, at);
  }
  return name;
}

/** Whether the string at `at` is `name`, or `name` and a flavour. */
export function isEssentialName(bytes: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index++) if (bytes[at + index] !== name[index]) return false;
  const after = bytes[at + name.length];
  if (after === 0) return true;
  if (after !== UNDERSCORE) return false;
  const rest = bytes.subarray(at, at + MAX_NAME_BYTES);
  const end = rest.indexOf(0);
  if (end < 0) return false;
  for (let separator = end - 4; separator > 0; separator--) {
    const isFlavour =
      rest[separator] === UNDERSCORE &&
      rest[separator + 1] === UNDERSCORE &&
      rest[separator + 2] === UNDERSCORE &&
      rest[separator - 1] !== UNDERSCORE &&
      rest[separator + 3] !== UNDERSCORE;
    if (isFlavour) return separator === name.length;
  }
  return false;
}

/**
 * A few essential names to look for at once. Three tables say, for each value of a name's first three bytes, which of the names
 * are still possible; nearly every other name is ruled out by one load.
 */
export class NameFilter {
  /** Bits of the names that are possible, by first byte. */
  readonly first: Int32Array = new Int32Array(256);
  /** By second byte. */
  readonly second: Int32Array = new Int32Array(256);
  /** By third byte. */
  readonly third: Int32Array = new Int32Array(256);
  readonly #names: readonly Uint8Array[];

  /** @param names at most {@link MAX_FILTER_NAMES} encoded essential names, none of them empty */
  constructor(names: readonly Uint8Array[]) {
    this.#names = names;
    for (const [index, name] of names.entries()) {
      for (const [at, table] of [this.first, this.second, this.third].entries()) {
        const byte = name[at];
        // Behind a short name anything may follow.
        const values = byte === undefined ? table.keys() : [byte];
        for (const value of values) table[value] = (table[value] ?? 0) | (1 << index);
      }
    }
  }

  /** The index of the name that the string at `offset` has as its essential name; -1 when it has none of them. */
  match(strings: StringSection, offset: number): number {
    const owner = strings.owner(offset);
    if (owner === undefined) return -1;
    const { bytes } = owner;
    return this.#names.findIndex((name) => isEssentialName(bytes, offset - owner.start, name));
  }
}
