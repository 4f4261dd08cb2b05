import { SyscallError } from "../errors.ts";
import { errnoName } from "../sys/errno.ts";
import { type NativeHandle, native } from "../sys/native.ts";

const READABLE = 1;

/**
 * Calls back when a descriptor becomes readable, with no thread and, while nothing comes, no timer.
 *
 * With a delay, a descriptor that becomes readable twice within it is not watched but looked at once each delay, until a
 * look finds nothing: a busy producer then costs one wakeup for each delay, not one for each record. The first record after
 * a pause is never delayed.
 */
export class Waiter {
  /** How often the callback was called. */
  wakeups = 0;
  readonly #fd: number;
  readonly #what: string;
  readonly #maxDelayMs: number;
  readonly #onReady: (error?: SyscallError) => void;
  #poll: NativeHandle | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isBusy = false;
  #lastWakeupMs = Number.NEGATIVE_INFINITY;

  /**
   * @param fd stays open until {@link stop}
   * @param what what it is of, for errors
   * @param maxDelayMs longest time that a record waits while records keep coming; 0 for none
   * @param onReady is called whenever there may be records; with an error when the descriptor can't be watched any more
   */
  constructor(fd: number, what: string, maxDelayMs: number, onReady: (error?: SyscallError) => void) {
    this.#fd = fd;
    this.#what = what;
    this.#maxDelayMs = maxDelayMs;
    this.#onReady = onReady;
  }

  /**
   * Begins to wait, or goes on. The records must have been read until there was none: what is left is told again at once.
   *
   * @param gotRecords whether the look that the last callback caused found any
   * @throws {SyscallError} when the descriptor can't be watched
   */
  arm(gotRecords: boolean): void {
    if (this.#isBusy && gotRecords) {
      this.stop();
      this.#timer = setTimeout(this.#wake, this.#maxDelayMs);
    } else if (this.#poll === undefined) {
      this.#watch();
    }
  }

  /** Ends the waiting; no callback follows until {@link arm}. */
  stop(): void {
    if (this.#poll !== undefined) native().pollStop(this.#poll);
    this.#poll = undefined;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  readonly #wake = (): void => {
    this.#timer = undefined;
    this.wakeups++;
    const now = performance.now();
    // A timer may fire a little late; what matters is that records came within the delay twice running.
    this.#isBusy = now - this.#lastWakeupMs <= this.#maxDelayMs * 2;
    this.#lastWakeupMs = now;
    this.#onReady();
  };

  #watch(): void {
    const poll = native().pollStart(this.#fd, READABLE, (status) => {
      if (status >= 0) return this.#wake();
      this.stop();
      this.#onReady(this.#refusal(status));
    });
    if (typeof poll === "number") throw this.#refusal(poll);
    this.#poll = poll;
  }

  #refusal(result: number): SyscallError {
    const errno = errnoName(result);
    return new SyscallError(`waiting for ${this.#what}: poll: ${errno}`, { syscall: "poll", errno });
  }
}
