import { encodeInstructions } from "../asm/encode.ts";
import type { Instruction } from "../asm/instruction.ts";
import { VerifierError } from "../errors.ts";
import type { AttachType, ProgramType } from "../object/program-type.gen.ts";
import { bpfRefusal, loadProgram, type ProgramLoadRequest } from "../sys/bpf.ts";
import { BpfCommand } from "../sys/command.gen.ts";
import { Errno, errnoName } from "../sys/errno.ts";
import { Fd } from "../sys/fd.ts";
import { readVerdict, splitVerifierLog } from "./verifier-log.ts";

/** Room for the log at first; it grows while the kernel says that there is more. */
const LOG_BYTES = 1 << 20;
const LOG_BYTES_MOST = 1 << 28;
/** Loading is given up and begun again for each signal; a storm of them must not make that endless. */
const MAX_INTERRUPTIONS = 100;

/** What a program is loaded from. */
export interface ProgramOptions {
  /** The kernel keeps the first 15 bytes. */
  readonly name: string;
  readonly type: ProgramType;
  readonly attachType: AttachType;
  /** Section it came from; says where {@link attach} puts it. */
  readonly sectionName: string;
  /** The rest of the section's name: hook, function, path. */
  readonly attachTo: string;
  /** Instructions with every reference resolved. */
  readonly instructions: readonly Instruction[];
  readonly license: string;
  /** Version of the `version` section; 0 when there is none. */
  readonly kernelVersion: number;
  /** BPF_F_* of program load. */
  readonly flags: number;
  /** Descriptor of the object's types, which the two kinds of record refer to. */
  readonly btfFd?: number | undefined;
  /** Records of `struct bpf_func_info`. */
  readonly functionInfo?: Uint8Array | undefined;
  /** Records of `struct bpf_line_info`. */
  readonly lineInfo?: Uint8Array | undefined;
}

/** A program in the kernel. Holds a descriptor: close it, or let `using` do so; links keep the program alive. */
export class Program {
  /** Name in the object. */
  readonly name: string;
  /** Kind of program. */
  readonly type: ProgramType;
  /** Section it came from. */
  readonly sectionName: string;
  /** The rest of the section's name: hook, function, path. */
  readonly attachTo: string;
  readonly #fd: Fd;

  private constructor(fd: Fd, options: ProgramOptions) {
    this.#fd = fd;
    this.name = options.name;
    this.type = options.type;
    this.sectionName = options.sectionName;
    this.attachTo = options.attachTo;
  }

  /**
   * Loads a program; the verifier works on another thread.
   *
   * @throws {VerifierError} when the verifier refuses it; carries the whole log
   * @throws {SyscallError} when the kernel refuses it before that; names the missing capability
   */
  static async load(options: ProgramOptions): Promise<Program> {
    const request: ProgramLoadRequest = {
      ...options,
      // Every machine that this library runs on is little-endian.
      instructions: encodeInstructions(options.instructions, true).bytes,
    };
    const result = await loadUninterrupted(request);
    if (result < 0) throw await refusalOf(request, result);
    return new Program(new Fd(result, `program "${options.name}"`), options);
  }

  /** The descriptor's number, valid until {@link close}. @throws {ClosedError} after it */
  get fd(): number {
    return this.#fd.number;
  }

  /** Closes the descriptor; a second call does nothing. */
  close(): void {
    this.#fd.close();
  }

  /** Closes the program at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }
}

async function loadUninterrupted(request: ProgramLoadRequest): Promise<number> {
  let result = 0;
  for (let tries = 0; tries < MAX_INTERRUPTIONS; tries++) {
    result = await loadProgram(request);
    if (result !== -Errno.EAGAIN && result !== -Errno.EINTR) break;
  }
  return result;
}

/** Loads once more, with a log, for the reason of a refusal: without one the kernel is several times faster. */
async function refusalOf(request: ProgramLoadRequest, first: number): Promise<Error> {
  let result = first;
  let log: Uint8Array = new Uint8Array(0);
  for (let size = LOG_BYTES; size <= LOG_BYTES_MOST; size *= 8) {
    log = new Uint8Array(size);
    result = await loadUninterrupted({ ...request, log, logLevel: 1 });
    if (result !== -Errno.ENOSPC) break;
  }
  if (result >= 0) {
    // What refused it is gone: a memory limit, say. The caller asked for one load, and that failed.
    new Fd(result, `program "${request.name}"`).close();
    result = first;
  }
  const lines = splitVerifierLog(new TextDecoder("latin1").decode(log.subarray(0, log.indexOf(0))));
  if (lines.length === 0) {
    return bpfRefusal(BpfCommand.ProgLoad, `loading program "${request.name}"`, result, ["CAP_BPF", "CAP_PERFMON"]);
  }
  const { reason, insn, source } = readVerdict(lines);
  const place = insn === undefined ? "" : ` at instruction ${insn}`;
  const line = source === undefined ? "" : ` (${source})`;
  const errno = errnoName(result);
  return new VerifierError(`program "${request.name}" is refused${place}${line}: ${reason} (${errno})`, {
    program: request.name,
    log: lines,
    errno,
  });
}
