/** Appends numbers and byte ranges to a buffer that grows. */
export class ByteWriter {
  /** Byte order of multi-byte values. */
  readonly littleEndian: boolean;
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /**
   * @param littleEndian byte order of multi-byte values
   * @param capacityBytes room made at the start; more is made when needed
   */
  constructor(littleEndian: boolean, capacityBytes = 64) {
    this.littleEndian = littleEndian;
    this.#bytes = new Uint8Array(capacityBytes);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Appends an unsigned byte. */
  u8(value: number): this {
    this.#view.setUint8(this.#grow(1), value);
    return this;
  }

  /** Appends a 16-bit number, signed or not. */
  u16(value: number): this {
    const at = this.#grow(2);
    this.#view.setUint16(at, value, this.littleEndian);
    return this;
  }

  /** Appends a 32-bit number, signed or not. */
  u32(value: number): this {
    const at = this.#grow(4);
    this.#view.setUint32(at, value, this.littleEndian);
    return this;
  }

  /** Appends a 64-bit number, signed or not. */
  u64(value: bigint): this {
    const at = this.#grow(8);
    this.#view.setBigUint64(at, BigInt.asUintN(64, value), this.littleEndian);
    return this;
  }

  /** Appends bytes. */
  put(bytes: Uint8Array): this {
    const at = this.#grow(bytes.length);
    this.#bytes.set(bytes, at);
    return this;
  }

  /** Appends zeros up to a multiple of `alignment` bytes. */
  align(alignment: number): this {
    const rest = this.#length % alignment;
    if (rest !== 0) this.#grow(alignment - rest);
    return this;
  }

  /** Copies out what was written. */
  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(count: number): number {
    const at = this.#length;
    const need = at + count;
    if (need > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(need, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#length = need;
    return at;
  }
}
