import { SyscallError, UnsupportedError } from "../errors.ts";
import type { Program } from "../program/program.ts";
import { openRawTracepoint } from "../sys/bpf.ts";
import { Fd } from "../sys/fd.ts";
import type { Link } from "./link.ts";

/**
 * Attaches a program to a raw tracepoint: it is given the tracepoint's arguments as the kernel passes them, on all CPUs.
 *
 * @param program of type `RawTracepoint`; may be closed afterwards
 * @param tracepoint name without category: `sched_process_exec`
 * @throws {UnsupportedError} when the kernel has no such tracepoint
 * @throws {SyscallError} when the kernel refuses; names the missing capability
 * @kernel 4.17
 */
export function attachRawTracepoint(program: Program, tracepoint: string): Link {
  try {
    return new RawTracepointLink(program, tracepoint);
  } catch (cause) {
    if (!(cause instanceof SyscallError && cause.errno === "ENOENT")) throw cause;
    throw new UnsupportedError(`program "${program.name}": the kernel has no raw tracepoint "${tracepoint}"`, {
      feature: `raw tracepoint ${tracepoint}`,
      cause,
    });
  }
}

class RawTracepointLink implements Link {
  readonly what: string;
  readonly #fd: Fd;

  constructor(program: Program, tracepoint: string) {
    this.what = `program "${program.name}" at raw tracepoint ${tracepoint}`;
    this.#fd = new Fd(openRawTracepoint(program.fd, tracepoint), this.what);
  }

  close(): void {
    this.#fd.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
