import { decodeCString } from "../bytes/cstring.ts";
import { FormatError } from "../errors.ts";

/** Longest name that is read, in bytes: twice what the kernel takes. It bounds what hostile bytes can make of shared tails. */
export const MAX_NAME_BYTES = 1023;

/** Longest line of source that is read, in bytes. */
export const MAX_LINE_BYTES = 65_535;

/**
 * The strings of one BTF blob, by offset. Offsets go through a split blob's base first, as if both sections were one.
 * @source kernel: kernel/bpf/btf.c, btf_str_by_offset
 */
export class StringSection {
  /** The section's own bytes, not its base's. */
  readonly bytes: Uint8Array;
  /** Offset of the first own byte: the base's {@link end}, or 0. */
  readonly start: number;
  readonly #base: StringSection | undefined;
  readonly #section: string | undefined;
  #offsets: Map<string, number> | undefined;

  /**
   * @param bytes the section, ended by a NUL unless it is empty
   * @param base strings of the base blob
   * @param section name for errors
   */
  constructor(bytes: Uint8Array, base: StringSection | undefined, section: string | undefined) {
    this.bytes = bytes;
    this.start = base?.end ?? 0;
    this.#base = base;
    this.#section = section;
  }

  /** Offset behind the last byte. */
  get end(): number {
    return this.start + this.bytes.length;
  }

  /** The section that holds the byte at an offset; undefined when none does. */
  owner(offset: number): StringSection | undefined {
    if (offset >= this.end) return undefined;
    return offset >= this.start ? this : this.#base?.owner(offset);
  }

  /**
   * The string at an offset, `""` at 0.
   * @param maxBytes most that it may have
   * @throws {FormatError} when it is outside of the section or longer
   */
  at(offset: number, maxBytes: number = MAX_NAME_BYTES): string {
    if (offset === 0) return "";
    const owner = this.owner(offset);
    if (owner === undefined) throw this.#error(`string at byte ${offset} of ${this.end}`, offset);
    const bytes = owner.bytes;
    const from = offset - owner.start;
    const end = Math.min(from + maxBytes, bytes.length);
    const text = decodeCString(bytes, from, end);
    // Characters are not more than bytes, so that only a long text has to be looked at again.
    if (text.length * 3 >= maxBytes && bytes.subarray(from, end + 1).indexOf(0) < 0) {
      throw this.#error(`string at byte ${offset} is longer than ${maxBytes} bytes`, offset);
    }
    return text;
  }

  /** The offset of a string among the own ones; undefined when it isn't one of them. Reads all of them on first use. */
  offsetOf(text: string): number | undefined {
    if (text === "") return 0;
    if (this.#offsets === undefined) {
      this.#offsets = new Map();
      for (let from = 0; from < this.bytes.length; ) {
        const end = this.bytes.indexOf(0, from);
        const stop = end < 0 ? this.bytes.length : end;
        this.#offsets.set(decodeCString(this.bytes, from, stop), this.start + from);
        from = stop + 1;
      }
    }
    return this.#offsets.get(text);
  }

  #error(message: string, offset: number): FormatError {
    const place = this.#section === undefined ? "" : `section "${this.#section}": `;
    return new FormatError(place + message, { format: "btf", section: this.#section, offset });
  }
}
