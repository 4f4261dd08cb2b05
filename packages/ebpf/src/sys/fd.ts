import { closeSync } from "node:fs";
import { ClosedError, SyscallError } from "../errors.ts";
import { errnoName } from "./errno.ts";
import { native } from "./native.ts";
import { syscallNumber } from "./syscall-number.ts";

const F_DUPFD_CLOEXEC = 1030;

interface Leaked {
  readonly number: number;
  readonly what: string;
}

const leaks = new FinalizationRegistry<Leaked>(({ number, what }) => {
  process.emitWarning(`${what} was not closed; its descriptor ${number} is closed now that nothing refers to it`, {
    type: "ResourceWarning",
  });
  closeSync(number);
});

/** Owner of one descriptor: closing it twice does nothing, using it closed throws. */
export class Fd {
  /** What the descriptor is of, for errors: `map "events"`. */
  readonly what: string;
  #number: number;

  /**
   * @param number the open descriptor; owned from now on
   * @param what what it is of, as in `map "events"`
   */
  constructor(number: number, what: string) {
    this.#number = number;
    this.what = what;
    leaks.register(this, { number, what }, this);
  }

  /** Whether {@link close} was called. */
  get isClosed(): boolean {
    return this.#number < 0;
  }

  /** The descriptor's number, valid until {@link close}. @throws {ClosedError} after it */
  get number(): number {
    if (this.#number < 0) throw new ClosedError(this.what);
    return this.#number;
  }

  /** Makes another owner of the same open object. @throws {SyscallError} when the descriptor table is full */
  clone(): Fd {
    const copy = native().syscall(syscallNumber("fcntl"), this.number, F_DUPFD_CLOEXEC, 0);
    if (copy < 0) {
      const errno = errnoName(copy);
      throw new SyscallError(`${this.what}: duplicating its descriptor: ${errno}`, { syscall: "fcntl", errno });
    }
    return new Fd(copy, this.what);
  }

  /** Closes the descriptor; a second call does nothing. */
  close(): void {
    if (this.#number < 0) return;
    const number = this.#number;
    this.#number = -1;
    leaks.unregister(this);
    closeSync(number);
  }

  /** Closes the descriptor at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }
}
