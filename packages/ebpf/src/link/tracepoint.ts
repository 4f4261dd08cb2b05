import { tracepointId } from "../kernel/tracefs.ts";
import { AttachType } from "../object/program-type.gen.ts";
import type { Program } from "../program/program.ts";
import { bpfRefusal, createPerfLink } from "../sys/bpf.ts";
import { BpfCommand } from "../sys/command.gen.ts";
import { Errno } from "../sys/errno.ts";
import { Fd } from "../sys/fd.ts";
import { enablePerfEvent, openPerfEvent, PerfType, setPerfEventProgram } from "../sys/perf-event.ts";
import type { Link } from "./link.ts";

/** How a tracepoint is attached to. */
export interface TracepointOptions {
  /** Number that the program reads with bpf_get_attach_cookie; needs kernel 5.15. */
  readonly cookie?: bigint;
}

/**
 * Attaches a program to a tracepoint, on all CPUs.
 *
 * @param program of type `Tracepoint`; may be closed afterwards
 * @param category as in tracefs: `syscalls`
 * @param name as in tracefs: `sys_enter_execve`
 * @throws {UnsupportedError} when the kernel has no such tracepoint, or tracefs is not to be had
 * @throws {SyscallError} when the kernel refuses; names the missing capability
 * @kernel 4.7
 */
export function attachTracepoint(
  program: Program,
  category: string,
  name: string,
  options: TracepointOptions = {},
): Link {
  const what = `program "${program.name}" at tracepoint ${category}:${name}`;
  const id = tracepointId(category, name);
  // A tracepoint's program runs on all CPUs, whichever one its event names.
  const event = new Fd(
    openPerfEvent(
      { type: PerfType.Tracepoint, config: BigInt(id), pid: -1, cpu: 0, samplePeriod: 1n, wakeup: 1 },
      what,
    ),
    what,
  );
  let link: Fd | undefined;
  try {
    const cookie = options.cookie ?? 0n;
    const result = createPerfLink(program.fd, event.number, AttachType.PerfEvent, cookie);
    if (result >= 0) {
      link = new Fd(result, what);
    } else if (result === -Errno.EINVAL && cookie === 0n) {
      // Before 5.15 the event itself holds the program.
      setPerfEventProgram(event.number, program.fd, what);
    } else {
      throw bpfRefusal(BpfCommand.LinkCreate, what, result, ["CAP_BPF", "CAP_PERFMON"]);
    }
    enablePerfEvent(event.number, what);
    return new TracepointLink(what, event, link);
  } catch (error) {
    link?.close();
    event.close();
    throw error;
  }
}

class TracepointLink implements Link {
  readonly what: string;
  readonly #event: Fd;
  readonly #link: Fd | undefined;

  constructor(what: string, event: Fd, link: Fd | undefined) {
    this.what = what;
    this.#event = event;
    this.#link = link;
  }

  close(): void {
    this.#link?.close();
    this.#event.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
