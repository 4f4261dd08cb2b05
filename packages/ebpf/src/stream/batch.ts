/** Bytes before each record in a batch: its length, and its kind. */
export const RECORD_HEADER_BYTES = 8;

/** Kind of the record by which a perf event tells of loss. @source kernel: include/uapi/linux/perf_event.h, PERF_RECORD_LOST */
export const PERF_RECORD_LOST = 2;
/** Kind of a perf event's sample; records of a ring buffer have 0. */
const PERF_RECORD_SAMPLE = 9;

/**
 * Records as one drain gave them, in one buffer that the next drain overwrites: valid until the callback that it was handed
 * to returns. Copy what is to be kept.
 */
export class RecordBatch {
  /** The buffer; records lie at the places that {@link forEach} tells. */
  bytes: Uint8Array;
  /** The same bytes, for reading numbers. */
  view: DataView;
  /** CPU that wrote the records; undefined for a ring buffer, which all CPUs share. */
  cpu: number | undefined;
  #usedBytes = 0;

  /** @param capacityBytes room for records and their headers */
  constructor(capacityBytes: number) {
    this.bytes = new Uint8Array(capacityBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /** Bytes that the records and their headers take. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** @internal Says how much of the buffer a drain has filled, and whose records they are. */
  fill(usedBytes: number, cpu: number | undefined): void {
    this.#usedBytes = usedBytes;
    this.cpu = cpu;
  }

  /** @internal Makes room for a record of that size; what the batch held is gone. */
  reserve(capacityBytes: number): void {
    this.#usedBytes = 0;
    this.bytes = new Uint8Array(capacityBytes);
    this.view = new DataView(this.bytes.buffer);
  }

  /**
   * Calls `visit` for each record, in the order in which it was written, with its place in {@link bytes}.
   *
   * @param visit is given the record's first byte and its length in bytes
   */
  forEach(visit: (offset: number, length: number) => void): void {
    this.forEachOfAnyKind((kind, offset, length) => {
      if (kind === 0 || kind === PERF_RECORD_SAMPLE) visit(offset, length);
    });
  }

  /** @internal As {@link forEach}, with the records that aren't the program's own. */
  forEachOfAnyKind(visit: (kind: number, offset: number, length: number) => void): void {
    const { view } = this;
    for (let at = 0; at < this.#usedBytes; ) {
      const length = view.getUint32(at, true);
      const kind = view.getUint32(at + 4, true);
      const offset = at + RECORD_HEADER_BYTES;
      at = offset + ((length + 7) & ~7);
      visit(kind, offset, length);
    }
  }
}
