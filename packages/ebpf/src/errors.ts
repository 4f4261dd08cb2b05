/** Stable identifiers of the errors that this library throws; compare these, not messages. */
export const ErrorCode = {
  Format: "ERR_BPF_FORMAT",
  Relocation: "ERR_BPF_RELOCATION",
  Syscall: "ERR_BPF_SYSCALL",
  Verifier: "ERR_BPF_VERIFIER",
  Unsupported: "ERR_BPF_UNSUPPORTED",
  Closed: "ERR_BPF_CLOSED",
  State: "ERR_BPF_STATE",
  NotFound: "ERR_BPF_NOT_FOUND",
} as const;
/** One of the values of {@link ErrorCode}. */
export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];

/** Base of every error that bad input, the kernel, or misuse of an open object causes. */
export class EbpfError extends Error {
  /** Stable identifier, see {@link ErrorCode}. */
  readonly code: ErrorCode;

  /**
   * @param code stable identifier
   * @param message what, where, found and wanted, in one line
   * @param options the error that caused this one, when this one adds a name
   */
  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
    this.code = code;
  }
}

/** Where in its input a {@link FormatError} was found. */
export interface FormatErrorPlace extends ErrorOptions {
  /** The format that was being read: `elf`, `btf`, `btf.ext`, `insn`, `maps`, … */
  readonly format: string;
  /** Name of the section, when the input has sections. */
  readonly section?: string | undefined;
  /** Bytes from the start of the section, or of the input when it has none. */
  readonly offset?: number | undefined;
}

/** Thrown when bytes from outside are not what their format says. */
export class FormatError extends EbpfError {
  /** The format that was being read. */
  readonly format: string;
  /** Section that holds the fault, if there are sections. */
  readonly section: string | undefined;
  /** Bytes from the start of the section or input. */
  readonly offset: number | undefined;

  /**
   * @param message what, where, found and wanted, in one line
   * @param place format, section and offset of the fault
   */
  constructor(message: string, place: FormatErrorPlace) {
    super(ErrorCode.Format, message, place);
    this.format = place.format;
    this.section = place.section;
    this.offset = place.offset;
  }
}

/** What a {@link RelocationError} was about. */
export interface RelocationErrorDetail extends ErrorOptions {
  /** Name of the program. */
  readonly program?: string | undefined;
  /** Index of the instruction in 8-byte slots. */
  readonly insn?: number | undefined;
  /** The relocation, as in `byte_off task_struct.real_parent`. */
  readonly relocation: string;
  /** The target types or symbols that were looked at. */
  readonly candidates?: readonly string[] | undefined;
}

/** Thrown when a reference of the object has no, or no single, answer in the object or the running kernel. */
export class RelocationError extends EbpfError {
  /** Name of the program that holds the reference. */
  readonly program: string | undefined;
  /** Index of the instruction in 8-byte slots. */
  readonly insn: number | undefined;
  /** The relocation in words. */
  readonly relocation: string;
  /** The target types or symbols that were looked at. */
  readonly candidates: readonly string[];

  /**
   * @param message what, where, found and wanted, in one line
   * @param detail program, instruction, relocation and candidates
   */
  constructor(message: string, detail: RelocationErrorDetail) {
    super(ErrorCode.Relocation, message, detail);
    this.program = detail.program;
    this.insn = detail.insn;
    this.relocation = detail.relocation;
    this.candidates = detail.candidates ?? [];
  }
}

/** What a {@link SyscallError} was about. */
export interface SyscallErrorDetail extends ErrorOptions {
  /** Name of the system call: `bpf`, `perf_event_open`, … */
  readonly syscall: string;
  /** The command of a multiplexed call: `BPF_MAP_CREATE`, … */
  readonly command?: string | undefined;
  /** Symbolic error number: `EPERM`, … */
  readonly errno: string;
}

/** Thrown when the kernel refuses a system call. */
export class SyscallError extends EbpfError {
  /** Name of the system call. */
  readonly syscall: string;
  /** The command of a multiplexed call. */
  readonly command: string | undefined;
  /** Symbolic error number. */
  readonly errno: string;

  /**
   * @param message what was asked of the kernel, what it said and what to do, in one line
   * @param detail call, command and error number
   */
  constructor(message: string, detail: SyscallErrorDetail) {
    super(ErrorCode.Syscall, message, detail);
    this.syscall = detail.syscall;
    this.command = detail.command;
    this.errno = detail.errno;
  }
}

/** What a {@link VerifierError} was about. */
export interface VerifierErrorDetail extends ErrorOptions {
  /** Name of the program. */
  readonly program: string;
  /** The verifier's log, whole, a line each. */
  readonly log: readonly string[];
  /** Symbolic error number. */
  readonly errno: string;
}

/** Thrown when the kernel refuses a program; carries the verifier's whole log. */
export class VerifierError extends EbpfError {
  /** Name of the refused program. */
  readonly program: string;
  /** The verifier's log, whole, a line each. */
  readonly log: readonly string[];
  /** Symbolic error number. */
  readonly errno: string;

  /**
   * @param message the log in one line, with program and instruction
   * @param detail program, log and error number
   */
  constructor(message: string, detail: VerifierErrorDetail) {
    super(ErrorCode.Verifier, message, detail);
    this.program = detail.program;
    this.log = detail.log;
    this.errno = detail.errno;
  }
}

/** What an {@link UnsupportedError} was about. */
export interface UnsupportedErrorDetail extends ErrorOptions {
  /** What is missing: `kernel BTF`, `BPF_MAP_TYPE_RINGBUF`, … */
  readonly feature: string;
  /** First kernel that has it, as in `5.8`; undefined when no version alone would do. */
  readonly sinceKernel?: string | undefined;
}

/** Thrown when the running system lacks something that the request needs. */
export class UnsupportedError extends EbpfError {
  /** What is missing. */
  readonly feature: string;
  /** First kernel that has it. */
  readonly sinceKernel: string | undefined;

  /**
   * @param message what is missing, who asked, and what would do instead, in one line
   * @param detail the feature and its first kernel
   */
  constructor(message: string, detail: UnsupportedErrorDetail) {
    super(ErrorCode.Unsupported, message, detail);
    this.feature = detail.feature;
    this.sinceKernel = detail.sinceKernel;
  }
}

/** Thrown when something is used after it was closed. */
export class ClosedError extends EbpfError {
  /** What was closed, as in `map "events"`. */
  readonly resource: string;

  /** @param resource what was closed, as in `map "events"` */
  constructor(resource: string) {
    super(ErrorCode.Closed, `${resource} is closed`);
    this.resource = resource;
  }
}

/** Thrown when an open object is asked for what its present use forbids, such as a second reader of one ring. */
export class StateError extends EbpfError {
  /** @param message what was asked and what stands against it, in one line */
  constructor(message: string) {
    super(ErrorCode.State, message);
  }
}
