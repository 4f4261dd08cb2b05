import { FormatError } from "../errors.ts";

/** Where a {@link ByteReader}'s bytes come from, for its errors. */
export interface ByteReaderOptions {
  /** Byte order of multi-byte values. */
  readonly littleEndian: boolean;
  /** The format being read, as in `elf`. */
  readonly format: string;
  /** Section that the bytes are of. */
  readonly section?: string | undefined;
}

/** Reads numbers and byte ranges one after another; a short read names the field, the offset and what is left. */
export class ByteReader {
  /** The bytes being read. */
  readonly bytes: Uint8Array;
  /** Byte order of multi-byte values. */
  readonly littleEndian: boolean;
  /** Bytes from the start to the next value. */
  offset = 0;
  readonly #view: DataView;
  readonly #format: string;
  readonly #section: string | undefined;

  /**
   * @param bytes input; not copied
   * @param options byte order, and the names that errors carry
   */
  constructor(bytes: Uint8Array, options: ByteReaderOptions) {
    this.bytes = bytes;
    this.littleEndian = options.littleEndian;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#format = options.format;
    this.#section = options.section;
  }

  /** Bytes left after {@link offset}. */
  get remaining(): number {
    return this.bytes.length - this.offset;
  }

  /** Makes an error at the present offset, or at `offset`. */
  error(message: string, offset: number = this.offset): FormatError {
    const place = this.#section === undefined ? "" : `section "${this.#section}": `;
    return new FormatError(place + message, { format: this.#format, section: this.#section, offset });
  }

  /** Moves to `offset` bytes from the start. @throws {FormatError} when that is outside of the input */
  seek(offset: number, field: string): void {
    if (!(offset >= 0 && offset <= this.bytes.length)) {
      throw this.error(`${field} is at byte ${offset} of ${this.bytes.length}`, offset);
    }
    this.offset = offset;
  }

  /** Moves past `count` bytes. @throws {FormatError} when fewer are left */
  skip(count: number, field: string): void {
    this.#take(count, field);
  }

  /** Reads an unsigned byte. @throws {FormatError} when none is left */
  u8(field: string): number {
    return this.#view.getUint8(this.#take(1, field));
  }

  /** Reads an unsigned 16-bit number. @throws {FormatError} when fewer bytes are left */
  u16(field: string): number {
    return this.#view.getUint16(this.#take(2, field), this.littleEndian);
  }

  /** Reads a signed 16-bit number. @throws {FormatError} when fewer bytes are left */
  s16(field: string): number {
    return this.#view.getInt16(this.#take(2, field), this.littleEndian);
  }

  /** Reads an unsigned 32-bit number. @throws {FormatError} when fewer bytes are left */
  u32(field: string): number {
    return this.#view.getUint32(this.#take(4, field), this.littleEndian);
  }

  /** Reads a signed 32-bit number. @throws {FormatError} when fewer bytes are left */
  s32(field: string): number {
    return this.#view.getInt32(this.#take(4, field), this.littleEndian);
  }

  /** Reads an unsigned 64-bit number. @throws {FormatError} when fewer bytes are left */
  u64(field: string): bigint {
    return this.#view.getBigUint64(this.#take(8, field), this.littleEndian);
  }

  /** Reads the halves of an unsigned 64-bit number. @throws {FormatError} when fewer bytes are left */
  u64Halves(field: string): { readonly low: number; readonly high: number } {
    const first = this.u32(field);
    const second = this.u32(field);
    return this.littleEndian ? { low: first, high: second } : { low: second, high: first };
  }

  /** Reads an unsigned 64-bit number that has to be an exact offset or size. @throws {FormatError} when it is 2^53 or more */
  u64AsNumber(field: string): number {
    const start = this.#take(8, field);
    const high = this.#view.getUint32(this.littleEndian ? start + 4 : start, this.littleEndian);
    const low = this.#view.getUint32(this.littleEndian ? start : start + 4, this.littleEndian);
    if (high > 0x1fffff) throw this.error(`${field} is ${(BigInt(high) << 32n) | BigInt(low)}, more than 2^53`, start);
    return high * 2 ** 32 + low;
  }

  /** Reads `count` bytes as a view of the input. @throws {FormatError} when fewer are left */
  take(count: number, field: string): Uint8Array {
    const start = this.#take(count, field);
    return this.bytes.subarray(start, start + count);
  }

  #take(count: number, field: string): number {
    const start = this.offset;
    if (!(count >= 0 && start + count <= this.bytes.length)) {
      throw this.error(`${field} ends at byte ${start + count} of ${this.bytes.length}`, start);
    }
    this.offset = start + count;
    return start;
  }
}
