import type { ReadableStream } from "node:stream/web";
import { ClosedError, StateError } from "../errors.ts";
import { claim } from "../sys/claim.ts";
import type { Fd } from "../sys/fd.ts";
import { RecordBatch } from "./batch.ts";
import { Waiter } from "./wait.ts";

/** Records that a producer had no room for. */
export interface Loss {
  /** How many, since the last time that loss was told. */
  readonly count: number;
  /** CPU of the producer; undefined when it isn't known. */
  readonly cpu: number | undefined;
}

/** One record, copied out of the stream: the caller's own. */
export interface BpfRecord {
  readonly kind: "record";
  readonly bytes: Uint8Array;
  /** CPU that wrote it; undefined for a ring buffer, which all CPUs share. */
  readonly cpu: number | undefined;
}

/** Loss in its place among the records, with `loss: "inband"`. */
export interface LossRecord extends Loss {
  readonly kind: "lost";
}

/** How a reader works. */
export interface ReaderOptions {
  /** Ends reading when it is aborted, without an error; records that were there by then are still given to `drain`. */
  readonly signal?: AbortSignal | undefined;
  /** Is told of loss, soon after it happened. */
  readonly onLost?: ((loss: Loss) => void) | undefined;
  /** Longest time in ms that a record may wait while records keep coming; 0, the default, for none. Idle costs nothing either way. */
  readonly maxDelayMs?: number;
  /** Bytes taken from the stream in one drain; 65,536 unless told, more when a record is larger. */
  readonly batchBytes?: number;
}

/** Options that put loss among the records. */
export interface InbandReaderOptions extends ReaderOptions {
  readonly loss: "inband";
}

/** Counts of one reader, from its opening on. */
export interface ReaderStats {
  /** Records given to the caller. */
  readonly received: number;
  /** Their bytes. */
  readonly receivedBytes: number;
  /** Records that had no room; undefined when nobody counts them. */
  readonly lost: number | undefined;
  /** Whether `lost` may be too small: the kernel told only of loss that a later record followed. */
  readonly isLostLowerBound: boolean;
  /** How often the process was woken. */
  readonly wakeups: number;
}

/** Where a reader's records come from; made by the ring buffer's and the perf event array's own modules. */
export interface RecordSource {
  /** What it is, for errors: `ring buffer "events"`. */
  readonly what: string;
  /** Name under which no second reader of the same map may be opened in the process. */
  readonly claimName: string;
  /** Descriptor that is readable when there are records. */
  readonly pollFd: number;
  /** Most bytes that can be waiting at one moment. */
  readonly capacityBytes: number;
  /** Whether loss is counted at all, and if so whether its count can be too small. */
  readonly lossAccuracy: "exact" | "lower-bound" | "unknown";
  /** Fills the batch with what is there. @returns false when there is nothing */
  drain(batch: RecordBatch): boolean;
  /** Loss since the last call. @param isLast whether the stream ends, and all that can be known should be told */
  takeLost(isLast: boolean): Loss[];
  close(): void;
}

const BATCH_BYTES = 1 << 16;
/** Batches handled before the event loop gets its turn. */
const BATCHES_PER_TURN = 16;

/**
 * Reads the records of a ring buffer or a perf event array, in one of three ways, one at a time: as an async iterable of
 * copies (`break` closes the reader), as a web stream of them ({@link readable}), or in batches without a copy ({@link drain}).
 * While it is open no other reader of the same map can be opened in the process.
 */
export class RecordReader<T extends BpfRecord | LossRecord = BpfRecord> implements AsyncIterable<T>, Disposable {
  readonly #source: RecordSource;
  readonly #options: ReaderOptions;
  readonly #isInband: boolean;
  readonly #claim: Fd;
  readonly #batch: RecordBatch;
  #waiter: Waiter | undefined;
  #isReading = false;
  #isClosed = false;
  /** Ends the reading under way, if there is one. */
  #stop: (() => void) | undefined;
  #received = 0;
  #receivedBytes = 0;
  #lost = 0;
  #wakeups = 0;

  /** @internal Use openRingBuf or openPerf. */
  constructor(source: RecordSource, options: ReaderOptions | InbandReaderOptions) {
    this.#source = source;
    this.#options = options;
    this.#isInband = "loss" in options && options.loss === "inband";
    const taken = claim(source.claimName);
    if (taken === undefined) {
      throw new StateError(`${source.what} has a reader in this process already; close that one first`);
    }
    this.#claim = taken;
    this.#batch = new RecordBatch(options.batchBytes ?? BATCH_BYTES);
  }

  /** Counts from the reader's opening to now. */
  get stats(): ReaderStats {
    const { lossAccuracy } = this.#source;
    return {
      received: this.#received,
      receivedBytes: this.#receivedBytes,
      lost: lossAccuracy === "unknown" ? undefined : this.#lost,
      isLostLowerBound: lossAccuracy === "lower-bound",
      wakeups: this.#wakeups + (this.#waiter?.wakeups ?? 0),
    };
  }

  /**
   * Gives batches of records to `onBatch` until the signal is aborted or the reader closed; then resolves. What was
   * written before an abort from outside of `onBatch` is still given.
   *
   * @param onBatch may use the batch until it returns; what it throws ends the reading and rejects the promise. A promise that it
   *   returns is waited for before the next batch is taken: what comes meanwhile stays in the kernel. After an abort it isn't
   * @throws {ClosedError} when the reader is closed
   * @throws {StateError} when it is being read
   * @throws {SyscallError} when the stream can't be read
   */
  drain(onBatch: (batch: RecordBatch) => void | Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#begin();
      const { signal } = this.#options;
      let isPumping = false;
      let isPaused = false;
      let turn: NodeJS.Immediate | undefined;
      let isDone = false;
      const finish = (error?: unknown): void => {
        if (isDone) return;
        isDone = true;
        clearImmediate(turn);
        signal?.removeEventListener("abort", onAbort);
        this.#end();
        if (error === undefined) resolve();
        else reject(error);
      };
      const give = (): boolean => {
        if (!this.#source.drain(this.#batch)) return false;
        this.#count(this.#batch);
        const pause = onBatch(this.#batch);
        if (pause instanceof Promise) {
          isPaused = true;
          pause.then(resume, finish);
        }
        return true;
      };
      const resume = (): void => {
        isPaused = false;
        if (!isDone) pump();
      };
      const pump = (error?: Error): void => {
        if (error !== undefined) {
          finish(error);
          return;
        }
        isPumping = true;
        try {
          let batches = 0;
          while (!isDone && !isPaused && signal?.aborted !== true && batches < BATCHES_PER_TURN && give()) batches++;
          if (isDone) return;
          this.#tellLost(this.#source.takeLost(false));
          if (signal?.aborted === true) finish();
          else if (isPaused) return;
          else if (batches === BATCHES_PER_TURN) turn = setImmediate(pump);
          else waiter.arm(batches > 0);
        } catch (thrown) {
          finish(thrown);
        } finally {
          isPumping = false;
        }
      };
      const onAbort = (): void => {
        if (isPumping) return; // it looks for itself when the callback has returned
        try {
          // Bounded by what can have been waiting: a producer at work must not hold up the end.
          for (let given = 0; given < this.#source.capacityBytes && give(); ) given += this.#batch.usedBytes;
          finish();
        } catch (thrown) {
          finish(thrown);
        }
      };
      const waiter = this.#wait(pump);
      this.#stop = finish;
      if (signal?.aborted === true) return onAbort();
      signal?.addEventListener("abort", onAbort);
      pump();
    });
  }

  /**
   * The records as a web stream; nothing is read that nobody has asked for.
   *
   * @throws {ClosedError} when the reader is closed, once the stream is read
   */
  readable(): ReadableStream<T> {
    // The global, which Node.js makes when it is first asked for: its module takes 2 ms of every start.
    return globalThis.ReadableStream.from(this);
  }

  /**
   * Iterates over copies of the records. Ends when the signal is aborted or the reader closed; leaving the loop closes the reader.
   *
   * @throws {ClosedError} when the reader is closed
   * @throws {StateError} when it is being read
   */
  [Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    // With inband loss T has LossRecord in it: the open functions' overloads say so.
    return this.#iterate() as AsyncGenerator<T, void, undefined>;
  }

  async *#iterate(): AsyncGenerator<BpfRecord | LossRecord, void, undefined> {
    this.#begin();
    const { signal } = this.#options;
    let isStopped = signal?.aborted ?? false;
    let wake: ((error?: Error) => void) | undefined;
    const stop = (): void => {
      isStopped = true;
      wake?.();
    };
    const waiter = this.#wait((error) => {
      // The descriptor stays readable while the caller is busy with what it got.
      waiter.stop();
      wake?.(error);
    });
    this.#stop = stop;
    signal?.addEventListener("abort", stop);
    let gotRecords = false;
    try {
      while (!isStopped) {
        const records = this.#source.drain(this.#batch) ? copyRecords(this.#batch) : [];
        for (const record of records) {
          this.#received++;
          this.#receivedBytes += record.bytes.length;
          yield record;
          if (isStopped) return;
        }
        const losses = this.#source.takeLost(false);
        this.#tellLost(losses);
        if (this.#isInband) for (const loss of losses) yield { kind: "lost", ...loss };
        if (records.length > 0) {
          gotRecords = true;
          continue;
        }
        if (isStopped) return;
        await new Promise<void>((resolve, reject) => {
          wake = (error) => (error === undefined ? resolve() : reject(error));
          waiter.arm(gotRecords);
        });
        wake = undefined;
        gotRecords = false;
      }
    } finally {
      signal?.removeEventListener("abort", stop);
      this.#end();
      this.close();
    }
  }

  /** Ends reading and frees the stream; a second call does nothing. The map stays open. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#stop?.();
    this.#tellLost(this.#source.takeLost(true));
    this.#source.close();
    this.#claim.close();
  }

  /** Closes the reader at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }

  #begin(): void {
    if (this.#isClosed) throw new ClosedError(this.#source.what);
    if (this.#isReading)
      throw new StateError(`${this.#source.what} is being read already; a reader is read in one place at a time`);
    this.#isReading = true;
  }

  #end(): void {
    this.#waiter?.stop();
    this.#wakeups += this.#waiter?.wakeups ?? 0;
    this.#waiter = undefined;
    this.#stop = undefined;
    this.#isReading = false;
    if (!this.#isClosed) this.#tellLost(this.#source.takeLost(false));
  }

  #wait(onReady: (error?: Error) => void): Waiter {
    this.#waiter = new Waiter(this.#source.pollFd, this.#source.what, this.#options.maxDelayMs ?? 0, onReady);
    return this.#waiter;
  }

  #count(batch: RecordBatch): void {
    batch.forEach((_, length) => {
      this.#received++;
      this.#receivedBytes += length;
    });
  }

  #tellLost(losses: readonly Loss[]): void {
    for (const loss of losses) {
      this.#lost += loss.count;
      this.#options.onLost?.(loss);
    }
  }
}

function copyRecords(batch: RecordBatch): BpfRecord[] {
  const records: BpfRecord[] = [];
  batch.forEach((offset, length) => {
    records.push({ kind: "record", bytes: batch.bytes.slice(offset, offset + length), cpu: batch.cpu });
  });
  return records;
}
