import { encodeCString } from "../bytes/cstring.ts";
import { SyscallError } from "../errors.ts";
import { type CapabilityName, privilegeAdvice } from "./capability.ts";
import { BpfCommand } from "./command.gen.ts";
import { Errno, errnoName } from "./errno.ts";
import { native, type View } from "./native.ts";

/** Bytes of a kernel object's name, its NUL included. @source kernel: include/uapi/linux/bpf.h, BPF_OBJ_NAME_LEN */
export const OBJECT_NAME_BYTES = 16;

/**
 * One bpf(2) call's `union bpf_attr`, field by field at the offsets of the kernel's header, and the buffers that
 * it points to. Only the bytes up to the last field set are passed, so that old kernels see no field they don't know.
 */
class Attribute {
  readonly #bytes = new Uint8Array(160);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly fixups: (number | View | null)[] = [];
  #length = 0;

  u32(offset: number, value: number): this {
    this.#view.setUint32(offset, value, true);
    if (value !== 0) this.#reach(offset + 4);
    return this;
  }

  u64(offset: number, value: bigint): this {
    this.#view.setBigUint64(offset, value, true);
    if (value !== 0n) this.#reach(offset + 8);
    return this;
  }

  pointer(offset: number, view: View | undefined): this {
    if (view === undefined) return this;
    this.fixups.push(offset, view);
    this.#reach(offset + 8);
    return this;
  }

  /** An object's name: cut to 15 bytes, characters that the kernel refuses replaced by `_`. */
  name(offset: number, name: string): this {
    const allowed = name.replace(/[^A-Za-z0-9_.]/g, "_").slice(0, OBJECT_NAME_BYTES - 1);
    const bytes = encodeCString(allowed);
    this.#bytes.set(bytes, offset);
    this.#reach(offset + OBJECT_NAME_BYTES);
    return this;
  }

  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reach(end: number): void {
    this.#length = Math.max(this.#length, end);
  }
}

const COMMAND_NAMES = new Map<number, string>(
  Object.entries(BpfCommand).map(([name, value]) => [
    value,
    `BPF_${name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase()}`,
  ]),
);

/** Makes the error of a refused bpf(2) call; for EPERM it says which capability is missing. */
function refusal(
  command: BpfCommand,
  what: string,
  result: number,
  capabilities: readonly CapabilityName[],
): SyscallError {
  const errno = errnoName(result);
  const advice = result === -Errno.EPERM || result === -Errno.EACCES ? `, ${privilegeAdvice(capabilities)}` : "";
  const name = COMMAND_NAMES.get(command) ?? `command ${command}`;
  return new SyscallError(`${what}: ${name}: ${errno}${advice}`, { syscall: "bpf", command: name, errno });
}

function call(
  command: BpfCommand,
  attribute: Attribute,
  what: string,
  capabilities: readonly CapabilityName[],
): number {
  for (;;) {
    const result = native().bpf(command, attribute.bytes, attribute.fixups);
    if (result >= 0) return result;
    if (result !== -Errno.EINTR && result !== -Errno.EAGAIN) throw refusal(command, what, result, capabilities);
  }
}

/** What BPF_MAP_CREATE is told. */
export interface MapCreateRequest {
  readonly name: string;
  readonly type: number;
  readonly keySize: number;
  readonly valueSize: number;
  readonly maxEntries: number;
  readonly flags: number;
  readonly mapExtra: bigint;
  /** Descriptor of the BTF that the two ids are of; they count only with it. */
  readonly btfFd?: number | undefined;
  readonly keyTypeId?: number;
  readonly valueTypeId?: number;
}

/** Creates a map. @returns its descriptor @throws {SyscallError} when the kernel refuses it */
export function createMap(request: MapCreateRequest): number {
  const attribute = new Attribute()
    .u32(0, request.type)
    .u32(4, request.keySize)
    .u32(8, request.valueSize)
    .u32(12, request.maxEntries)
    .u32(16, request.flags)
    .name(28, request.name)
    .u64(64, request.mapExtra);
  if (request.btfFd !== undefined && (request.valueTypeId ?? 0) !== 0) {
    attribute
      .u32(48, request.btfFd)
      .u32(52, request.keyTypeId ?? 0)
      .u32(56, request.valueTypeId ?? 0);
  }
  return call(BpfCommand.MapCreate, attribute, `creating map "${request.name}"`, ["CAP_BPF"]);
}

/** Forbids user space to change a map's contents from now on. @throws {SyscallError} @kernel 5.2 */
export function freezeMap(fd: number, name: string): void {
  call(BpfCommand.MapFreeze, new Attribute().u32(0, fd), `freezing map "${name}"`, ["CAP_BPF"]);
}

/** What BPF_PROG_LOAD is told. */
export interface ProgramLoadRequest {
  readonly name: string;
  readonly type: number;
  readonly attachType: number;
  /** Encoded instructions in the machine's byte order, every reference resolved. */
  readonly instructions: Uint8Array;
  readonly license: string;
  readonly kernelVersion: number;
  readonly flags: number;
  readonly btfFd?: number | undefined;
  /** Records of `struct bpf_func_info`, 8 bytes each. */
  readonly functionInfo?: Uint8Array | undefined;
  /** Records of `struct bpf_line_info`, 16 bytes each. */
  readonly lineInfo?: Uint8Array | undefined;
  /** BTF id that the program attaches to, for kinds that need one. */
  readonly attachBtfId?: number | undefined;
  /** Where the verifier writes its log; none is asked for without it. */
  readonly log?: Uint8Array | undefined;
  /** 1 errors and branches, 2 every instruction, 4 statistics; combined by or. */
  readonly logLevel?: number;
}

/** Loads a program on a thread of the pool. @returns its descriptor, or `-errno`: what it means depends on the log */
export function loadProgram(request: ProgramLoadRequest): Promise<number> {
  const license = encodeCString(request.license);
  const attribute = new Attribute()
    .u32(0, request.type)
    .u32(4, request.instructions.length / 8)
    .pointer(8, request.instructions)
    .pointer(16, license)
    .u32(40, request.kernelVersion)
    .u32(44, request.flags)
    .name(48, request.name)
    .u32(68, request.attachType);
  if (request.log !== undefined) {
    attribute
      .u32(24, request.logLevel ?? 1)
      .u32(28, request.log.length)
      .pointer(32, request.log);
  }
  if (request.btfFd !== undefined) {
    attribute.u32(72, request.btfFd);
    const { functionInfo, lineInfo } = request;
    if (functionInfo?.length) {
      attribute
        .u32(76, 8)
        .pointer(80, functionInfo)
        .u32(88, functionInfo.length / 8);
    }
    if (lineInfo?.length) {
      attribute
        .u32(92, 16)
        .pointer(96, lineInfo)
        .u32(104, lineInfo.length / 16);
    }
  }
  if (request.attachBtfId !== undefined) attribute.u32(108, request.attachBtfId);
  return native().bpfAsync(BpfCommand.ProgLoad, attribute.bytes, attribute.fixups);
}

/** Gives the kernel an object's types. @returns the descriptor, or `-errno` @kernel 4.18 */
export function loadBtf(bytes: Uint8Array, log?: Uint8Array): number {
  const attribute = new Attribute().pointer(0, bytes).u32(16, bytes.length);
  if (log !== undefined) attribute.pointer(8, log).u32(20, log.length).u32(24, 1);
  return native().bpf(BpfCommand.BtfLoad, attribute.bytes, attribute.fixups);
}

/** Attaches a program to a raw tracepoint. @returns the link's descriptor @throws {SyscallError} @kernel 4.17 */
export function openRawTracepoint(programFd: number, tracepoint: string): number {
  const attribute = new Attribute().pointer(0, encodeCString(tracepoint)).u32(8, programFd);
  return call(BpfCommand.RawTracepointOpen, attribute, `attaching to raw tracepoint "${tracepoint}"`, [
    "CAP_BPF",
    "CAP_PERFMON",
  ]);
}

/** Makes a link between a program and a perf event. @returns its descriptor, or `-errno` (`-EINVAL` before 5.15) @kernel 5.15 */
export function createPerfLink(programFd: number, perfEventFd: number, attachType: number, cookie: bigint): number {
  const attribute = new Attribute().u32(0, programFd).u32(4, perfEventFd).u32(8, attachType).u64(16, cookie);
  return native().bpf(BpfCommand.LinkCreate, attribute.bytes, attribute.fixups);
}

/** Reads an object's `struct bpf_*_info` into `info`. @returns bytes that the kernel filled @throws {SyscallError} */
export function readObjectInfo(fd: number, info: Uint8Array, what: string): number {
  const attribute = new Attribute().u32(0, fd).u32(4, info.length).pointer(8, info);
  call(BpfCommand.ObjGetInfoByFd, attribute, `reading the info of ${what}`, ["CAP_BPF"]);
  return new DataView(attribute.bytes.buffer).getUint32(4, true);
}

/** Makes the error of a refused call whose result was handed on: element calls, program and BTF loading, links. */
export function bpfRefusal(
  command: BpfCommand,
  what: string,
  result: number,
  capabilities: readonly CapabilityName[],
): SyscallError {
  return refusal(command, what, result, capabilities);
}
