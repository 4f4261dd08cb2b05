import { SyscallError } from "../errors.ts";
import { possibleCpuCount } from "../kernel/cpus.ts";
import type { BpfMap } from "../map/map.ts";
import { MapType } from "../object/map-type.gen.ts";
import type { RecordBatch } from "../stream/batch.ts";
import {
  type BpfRecord,
  type InbandReaderOptions,
  type Loss,
  type LossRecord,
  type ReaderOptions,
  RecordReader,
  type RecordSource,
} from "../stream/reader.ts";
import { errnoName } from "../sys/errno.ts";
import { DRAIN_NEEDS, type NativeHandle, native } from "../sys/native.ts";

const ALL_RECORDS = 0xffff_ffff;

/**
 * Opens a reader of a ring buffer. The map must stay open as long as the reader.
 *
 * Loss is known when the program counts it in a per-CPU array called NAME_lost, as the wrappers of the header
 * `ebpf_ts/ringbuf.h` do; the kernel itself counts none.
 *
 * @throws {TypeError} when the map is of another type
 * @throws {StateError} when the map has a reader in this process
 * @throws {SyscallError} when it can't be mapped
 * @kernel 5.8
 */
export function openRingBuf(map: BpfMap, options: InbandReaderOptions): RecordReader<BpfRecord | LossRecord>;
/** As above, with records only; loss goes to `onLost` and the statistics. */
export function openRingBuf(map: BpfMap, options?: ReaderOptions): RecordReader;
export function openRingBuf(map: BpfMap, options: ReaderOptions | InbandReaderOptions = {}): RecordReader {
  if (map.type !== MapType.RingBuf)
    throw new TypeError(`map "${map.name}" has type ${map.type}, wanted MapType.RingBuf`);
  const source = new RingSource(map);
  try {
    return new RecordReader(source, options);
  } catch (error) {
    source.close();
    throw error;
  }
}

class RingSource implements RecordSource {
  readonly what: string;
  readonly claimName: string;
  readonly pollFd: number;
  readonly capacityBytes: number;
  readonly lossAccuracy: "exact" | "unknown";
  readonly #ring: NativeHandle;
  readonly #lostCounts: BpfMap | undefined;
  /** Counts per CPU as they were last told, and room for reading them. */
  readonly #told: bigint[];
  readonly #counts: DataView;
  readonly #key = new Uint8Array(4);

  constructor(map: BpfMap) {
    this.what = `ring buffer "${map.name}"`;
    this.claimName = `map:${map.id}`;
    this.pollFd = map.fd;
    this.capacityBytes = map.maxEntries;
    this.#lostCounts = map.lostCounts;
    this.lossAccuracy = map.lostCounts === undefined ? "unknown" : "exact";
    this.#counts = new DataView(new ArrayBuffer(map.lostCounts?.lookupSize ?? 0));
    this.#told = new Array<bigint>(possibleCpuCount()).fill(0n);
    const ring = native().ringOpen(map.fd, map.maxEntries);
    if (typeof ring === "number") throw this.#refusal("mapping", ring);
    this.#ring = ring;
    // What was lost before this reader isn't its loss.
    this.takeLost();
  }

  drain(batch: RecordBatch): boolean {
    let used = native().ringDrain(this.#ring, batch.bytes, ALL_RECORDS);
    if (used <= -DRAIN_NEEDS) {
      batch.reserve(-used - DRAIN_NEEDS);
      used = native().ringDrain(this.#ring, batch.bytes, ALL_RECORDS);
    }
    if (used < 0) throw this.#refusal("reading", used);
    batch.fill(used, undefined);
    return used > 0;
  }

  takeLost(): Loss[] {
    const losses: Loss[] = [];
    const counts = this.#counts;
    if (this.#lostCounts?.getInto(this.#key, new Uint8Array(counts.buffer)) !== true) return losses;
    for (let cpu = 0; cpu < this.#told.length; cpu++) {
      const count = counts.getBigUint64(cpu * 8, true);
      const before = this.#told[cpu] ?? 0n;
      if (count === before) continue;
      this.#told[cpu] = count;
      losses.push({ count: Number(count - before), cpu });
    }
    return losses;
  }

  close(): void {
    native().close(this.#ring);
  }

  #refusal(doing: string, result: number): SyscallError {
    const errno = errnoName(result);
    return new SyscallError(`${doing} ${this.what}: ${errno}`, { syscall: "mmap", errno });
  }
}
