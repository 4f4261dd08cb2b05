import { readSync } from "node:fs";
import { SyscallError } from "../errors.ts";
import { onlineCpus } from "../kernel/cpus.ts";
import type { BpfMap } from "../map/map.ts";
import { MapType } from "../object/map-type.gen.ts";
import { PERF_RECORD_LOST, type RecordBatch } from "../stream/batch.ts";
import {
  type BpfRecord,
  type Loss,
  type LossRecord,
  type ReaderOptions,
  RecordReader,
  type RecordSource,
} from "../stream/reader.ts";
import { openEpoll } from "../sys/epoll.ts";
import { Errno, errnoName } from "../sys/errno.ts";
import { Fd } from "../sys/fd.ts";
import { DRAIN_NEEDS, type NativeHandle, native } from "../sys/native.ts";
import {
  enablePerfEvent,
  openPerfEvent,
  PERF_COUNT_SW_BPF_OUTPUT,
  PERF_FORMAT_LOST,
  PERF_SAMPLE_RAW,
  type PerfEventRequest,
  PerfType,
  tryOpenPerfEvent,
} from "../sys/perf-event.ts";

const ALL_RECORDS = 0xffff_ffff;
const PAGES_PER_CPU = 64;

/** What a perf event array's reader is told besides. */
export interface PerfReaderOptions extends ReaderOptions {
  /** Pages of each CPU's buffer, a power of two; 64 unless told. */
  readonly pagesPerCpu?: number;
  /** Bytes that must be waiting on a CPU before the process is woken; each record wakes it unless told. */
  readonly watermarkBytes?: number;
}

/** Options that put loss among the records. */
export interface InbandPerfReaderOptions extends PerfReaderOptions {
  readonly loss: "inband";
}

/**
 * Opens a reader of a perf event array: a buffer for each CPU that is online now. The map must stay open as long as
 * the reader. Records carry up to 7 bytes of padding after the program's own.
 *
 * @throws {TypeError} when the map is of another type
 * @throws {RangeError} when the pages aren't a power of two
 * @throws {StateError} when the map has a reader in this process
 * @throws {SyscallError} when the kernel refuses a buffer: `EPERM` may mean that RLIMIT_MEMLOCK or perf_event_mlock_kb is too small
 * @kernel 4.4
 */
export function openPerf(map: BpfMap, options: InbandPerfReaderOptions): RecordReader<BpfRecord | LossRecord>;
/** As above, with records only; loss goes to `onLost` and the statistics. */
export function openPerf(map: BpfMap, options?: PerfReaderOptions): RecordReader;
export function openPerf(map: BpfMap, options: PerfReaderOptions | InbandPerfReaderOptions = {}): RecordReader {
  if (map.type !== MapType.PerfEventArray) {
    throw new TypeError(`map "${map.name}" has type ${map.type}, wanted MapType.PerfEventArray`);
  }
  const pages = options.pagesPerCpu ?? PAGES_PER_CPU;
  if (!Number.isInteger(pages) || pages < 1 || (pages & (pages - 1)) !== 0) {
    throw new RangeError(`pagesPerCpu is ${pages}, wanted a power of two`);
  }
  const source = new PerfSource(map, pages, options.watermarkBytes);
  try {
    return new RecordReader(source, options);
  } catch (error) {
    source.close();
    throw error;
  }
}

/** One CPU's buffer. */
interface CpuRing {
  readonly cpu: number;
  readonly event: Fd;
  readonly ring: NativeHandle;
  /** Lost, as LOST records said. */
  lost: number;
}

class PerfSource implements RecordSource {
  readonly what: string;
  readonly claimName: string;
  readonly capacityBytes: number;
  lossAccuracy: "exact" | "lower-bound" = "exact";
  readonly #rings: CpuRing[] = [];
  readonly #map: BpfMap;
  readonly #epoll: Fd;
  #losses: Loss[] = [];
  /** The ring that is looked at first, so that one busy CPU doesn't starve the others. */
  #next = 0;

  constructor(map: BpfMap, pages: number, watermarkBytes: number | undefined) {
    this.#map = map;
    this.what = `perf event array "${map.name}"`;
    this.claimName = `map:${map.id}`;
    try {
      for (const cpu of onlineCpus()) this.#rings.push(this.#openCpu(cpu, pages, watermarkBytes));
      this.#epoll = openEpoll(
        this.#rings.map((ring) => ring.event.number),
        this.what,
      );
    } catch (error) {
      this.#closeRings();
      throw error;
    }
    // Pages are at most 64 KiB on the machines that this runs on.
    this.capacityBytes = this.#rings.length * pages * 65536;
  }

  get pollFd(): number {
    return this.#epoll.number;
  }

  drain(batch: RecordBatch): boolean {
    for (let tries = 0; tries < this.#rings.length; tries++) {
      const ring = this.#rings[this.#next];
      this.#next = (this.#next + 1) % this.#rings.length;
      if (ring === undefined) continue;
      let used = native().perfDrain(ring.ring, batch.bytes, ALL_RECORDS);
      if (used <= -DRAIN_NEEDS) {
        batch.reserve(-used - DRAIN_NEEDS);
        used = native().perfDrain(ring.ring, batch.bytes, ALL_RECORDS);
      }
      if (used < 0) throw this.#refusal("perf ring", used);
      if (used === 0) continue;
      batch.fill(used, ring.cpu);
      this.#noteLost(batch, ring);
      return true;
    }
    return false;
  }

  takeLost(isLast: boolean): Loss[] {
    if (isLast) this.#readFinalCounts();
    const losses = this.#losses;
    this.#losses = [];
    return losses;
  }

  close(): void {
    this.#epoll.close();
    this.#closeRings();
  }

  #openCpu(cpu: number, pages: number, watermarkBytes: number | undefined): CpuRing {
    const request: PerfEventRequest = {
      type: PerfType.Software,
      config: BigInt(PERF_COUNT_SW_BPF_OUTPUT),
      pid: -1,
      cpu,
      sampleType: PERF_SAMPLE_RAW,
      samplePeriod: 1n,
      wakeup: watermarkBytes ?? 1,
      isWatermark: watermarkBytes !== undefined,
    };
    const what = `${this.what}, CPU ${cpu}`;
    let number = tryOpenPerfEvent({ ...request, readFormat: PERF_FORMAT_LOST });
    if (number === -Errno.EINVAL) {
      // Before 6.0: loss that no later record follows stays untold.
      number = openPerfEvent(request, what);
      this.lossAccuracy = "lower-bound";
    } else if (number < 0) {
      number = openPerfEvent(request, what);
    }
    const event = new Fd(number, what);
    let ring: NativeHandle | number | undefined;
    try {
      ring = native().perfOpen(event.number, pages);
      if (typeof ring === "number") throw this.#refusal(`mapping ${pages} pages for CPU ${cpu}`, ring);
      this.#map.set(uint32(cpu), uint32(event.number));
      enablePerfEvent(event.number, what);
      return { cpu, event, ring, lost: 0 };
    } catch (error) {
      if (typeof ring === "object") native().close(ring);
      event.close();
      throw error;
    }
  }

  #noteLost(batch: RecordBatch, ring: CpuRing): void {
    batch.forEachOfAnyKind((kind, offset) => {
      if (kind !== PERF_RECORD_LOST) return;
      const count = Number(batch.view.getBigUint64(offset, true));
      ring.lost += count;
      this.#losses.push({ count, cpu: ring.cpu });
    });
  }

  /** read(2) of an event gives its value and, from 6.0, how many samples it lost in all. */
  #readFinalCounts(): void {
    if (this.lossAccuracy !== "exact") return;
    const counts = new DataView(new ArrayBuffer(16));
    for (const ring of this.#rings) {
      if (readSync(ring.event.number, counts) !== counts.byteLength) continue;
      const untold = Number(counts.getBigUint64(8, true)) - ring.lost;
      if (untold > 0) this.#losses.push({ count: untold, cpu: ring.cpu });
    }
  }

  #closeRings(): void {
    for (const { cpu, ring, event } of this.#rings) {
      native().close(ring);
      // The map's own entry would keep the event, and its cost for the producer, until the map ends.
      if (!this.#map.isClosed) this.#map.delete(uint32(cpu));
      event.close();
    }
  }

  #refusal(doing: string, result: number): SyscallError {
    const errno = errnoName(result);
    const advice = result === -Errno.EPERM ? "; RLIMIT_MEMLOCK or kernel.perf_event_mlock_kb is too small for it" : "";
    return new SyscallError(`${this.what}: ${doing}: ${errno}${advice}`, { syscall: "mmap", errno });
  }
}

function uint32(value: number): Uint8Array {
  return new Uint8Array(new Uint32Array([value]).buffer);
}
