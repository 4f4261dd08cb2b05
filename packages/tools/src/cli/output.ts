import { closeSync, constants, fstatSync, openSync, writeSync } from "node:fs";
import type { Socket } from "node:net";

/** Pauses between two tries at a full pipe or terminal: the first, and the longest. */
const FIRST_PAUSE_MS = 1;
const LONGEST_PAUSE_MS = 64;
/** What a socket takes before it blocks, and a pipe; both usually take much more. */
const SOCKET_HEADROOM_BYTES = 16 * 1024;
const PIPE_HEADROOM_BYTES = 4096;

/** How bytes of text are told: `latin1` when each character stands for one byte, else `utf8`. */
export type TextEncoding = "latin1" | "utf8";

/**
 * Writes to a standard stream, at once whenever that can't block: a tool must hear its signals however slowly somebody reads.
 *
 * A pipe or terminal is opened again for writing that never blocks: the flag on the inherited description would be set for
 * the shell too. What it has no room for is kept until it has, see {@link isBlocked}. `process.stdout` would do as well, but
 * takes 2 to 5 ms to set up. A socket, which can't be opened again, is therefore left to a stream of Node.js only once it has
 * been given as much as it may have room for.
 */
export class Output {
  readonly #fd: number;
  readonly #onFailed: (error: NodeJS.ErrnoException) => void;
  /** Whether the descriptor was opened here. */
  readonly #isOwn: boolean;
  /** Bytes that can still be written before it may block; undefined where it never blocks or has no end, as a file. */
  #headroomBytes: number | undefined;
  #socket: Socket | undefined;
  #pending: Uint8Array[] = [];
  #pause: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #hasFailed = false;
  #isClosed = false;
  #waiting: (() => void)[] = [];

  /**
   * @param fd 1 or 2; stays open
   * @param onFailed told once when writing has failed (`EPIPE`, `ENOSPC`, …); nothing is written after that
   */
  constructor(fd: number, onFailed: (error: NodeJS.ErrnoException) => void) {
    this.#onFailed = onFailed;
    const kind = fstatSync(fd);
    // Among character devices only a terminal blocks; the others may as well be opened again.
    const own = kind.isFIFO() || kind.isCharacterDevice() ? reopen(fd) : undefined;
    if (kind.isSocket()) this.#headroomBytes = SOCKET_HEADROOM_BYTES;
    else if (kind.isFIFO() && own === undefined) this.#headroomBytes = PIPE_HEADROOM_BYTES;
    this.#isOwn = own !== undefined;
    this.#fd = own ?? fd;
  }

  /** Whether something written is still kept here: the time to stop producing, until {@link flush} resolves. */
  get isBlocked(): boolean {
    return this.#pending.length > 0;
  }

  /** Bytes that are kept here. */
  get pendingBytes(): number {
    return this.#pending.reduce((total, bytes) => total + bytes.length, 0);
  }

  /** Writes text, after what is kept. */
  write(text: string, encoding: TextEncoding): void {
    if (this.#hasFailed || this.#isClosed || text === "") return;
    this.#pending.push(Buffer.from(text, encoding));
    if (this.#pending.length === 1) this.#send();
  }

  /**
   * Waits until everything is written or nothing ever will be.
   *
   * @param timeoutMs longest time to wait; no end unless told
   */
  async flush(timeoutMs?: number): Promise<void> {
    if (!this.isBlocked) return;
    await new Promise<void>((resolve) => {
      const timer = timeoutMs === undefined ? undefined : setTimeout(resolve, timeoutMs);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Gives up what is kept and closes what was opened here; a second call does nothing. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#settle();
    this.#socket?.unref();
    if (this.#isOwn) closeSync(this.#fd);
  }

  /** Hands what is kept to the kernel, as far as it has room. */
  #send(): void {
    if (this.#headroomBytes !== undefined && this.pendingBytes > this.#headroomBytes) {
      this.#sendByStream();
      return;
    }
    try {
      for (let first = this.#pending[0]; first !== undefined; first = this.#pending[0]) {
        const written = writeSync(this.#fd, first);
        this.#pauseMs = FIRST_PAUSE_MS;
        if (this.#headroomBytes !== undefined) this.#headroomBytes -= written;
        if (written === first.length) this.#pending.shift();
        else this.#pending[0] = first.subarray(written);
      }
      this.#settle();
    } catch (error) {
      // fs throws nothing but errors of the system.
      this.#sendLater(error as NodeJS.ErrnoException);
    }
  }

  /** After a refusal: tries again in a while if it was for lack of room, else gives up. */
  #sendLater(error: NodeJS.ErrnoException): void {
    if (error.code !== "EAGAIN") {
      this.#fail(error);
    } else if (this.#headroomBytes !== undefined) {
      this.#sendByStream();
    } else {
      this.#pause = setTimeout(() => this.#send(), this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  /** Leaves a socket to Node.js, which waits for it without a timer. */
  #sendByStream(): void {
    if (this.#socket === undefined) {
      const net = process.getBuiltinModule("node:net");
      this.#socket = new net.Socket({ fd: this.#fd, readable: false, writable: true });
      this.#socket.on("error", (error) => this.#fail(error));
    }
    const chunk = Buffer.concat(this.#pending);
    this.#pending = [chunk];
    this.#socket.write(chunk, (error) => {
      if (error || this.#isClosed) return;
      this.#pending.shift();
      if (this.isBlocked) this.#sendByStream();
      else this.#settle();
    });
  }

  #fail(error: NodeJS.ErrnoException): void {
    if (this.#hasFailed) return;
    this.#hasFailed = true;
    this.#settle();
    this.#onFailed(error);
  }

  /** Ends waiting: everything is written, or nothing more will be. */
  #settle(): void {
    clearTimeout(this.#pause);
    if (this.#hasFailed || this.#isClosed) this.#pending = [];
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** A description of our own of a pipe or terminal; undefined where that isn't allowed, and then writing may block. */
function reopen(fd: number): number | undefined {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch {
    return undefined;
  }
}
