import { SyscallError } from "../errors.ts";
import { privilegeAdvice } from "./capability.ts";
import { Errno, errnoName } from "./errno.ts";
import { native } from "./native.ts";
import { syscallNumber } from "./syscall-number.ts";

/** Kinds of perf event. @source kernel: include/uapi/linux/perf_event.h, enum perf_type_id */
export const PerfType = { Hardware: 0, Software: 1, Tracepoint: 2, Raw: 4 } as const;

/** `config` of the software event that `bpf_perf_event_output` writes to. */
export const PERF_COUNT_SW_BPF_OUTPUT = 10;
/** Bit of `sampleType`: the sample carries raw data. */
export const PERF_SAMPLE_RAW: number = 1 << 10;
/** Bit of `readFormat`: read(2) gives the count of lost samples too. @kernel 6.0 */
export const PERF_FORMAT_LOST: number = 1 << 4;

const PERF_ATTR_BYTES = 112;
const FLAG_WATERMARK = 1 << 14;
const PERF_FLAG_FD_CLOEXEC = 8;
const PERF_EVENT_IOC_ENABLE = 0x2400;
const PERF_EVENT_IOC_SET_BPF = 0x40042408;

/** What perf_event_open(2) is told; times and counts not named are the kernel's defaults. */
export interface PerfEventRequest {
  readonly type: number;
  readonly config: bigint;
  /** Process to follow; -1 for all. */
  readonly pid: number;
  /** CPU to follow; -1 for all. */
  readonly cpu: number;
  readonly sampleType?: number;
  readonly samplePeriod?: bigint;
  readonly readFormat?: number;
  /** Wakes the reader after that many events, or bytes with `isWatermark`. */
  readonly wakeup?: number;
  readonly isWatermark?: boolean;
}

/** Opens a perf event. @returns its descriptor, or `-errno` */
export function tryOpenPerfEvent(request: PerfEventRequest): number {
  const attr = new Uint8Array(PERF_ATTR_BYTES);
  const view = new DataView(attr.buffer);
  view.setUint32(0, request.type, true);
  view.setUint32(4, PERF_ATTR_BYTES, true);
  view.setBigUint64(8, request.config, true);
  view.setBigUint64(16, request.samplePeriod ?? 0n, true);
  view.setBigUint64(24, BigInt(request.sampleType ?? 0), true);
  view.setBigUint64(32, BigInt(request.readFormat ?? 0), true);
  view.setUint32(40, request.isWatermark === true ? FLAG_WATERMARK : 0, true);
  view.setUint32(48, request.wakeup ?? 0, true);
  return native().syscall(syscallNumber("perf_event_open"), attr, request.pid, request.cpu, -1, PERF_FLAG_FD_CLOEXEC);
}

/** Opens a perf event. @returns its descriptor @throws {SyscallError} naming `what`, and the missing capability */
export function openPerfEvent(request: PerfEventRequest, what: string): number {
  const fd = tryOpenPerfEvent(request);
  if (fd < 0) throw perfRefusal("perf_event_open", what, fd);
  return fd;
}

/** Starts a perf event. @throws {SyscallError} */
export function enablePerfEvent(fd: number, what: string): void {
  perfIoctl(fd, PERF_EVENT_IOC_ENABLE, 0, what);
}

/** Binds a program to a perf event until the event is closed. @throws {SyscallError} */
export function setPerfEventProgram(fd: number, programFd: number, what: string): void {
  perfIoctl(fd, PERF_EVENT_IOC_SET_BPF, programFd, what);
}

function perfIoctl(fd: number, request: number, argument: number, what: string): void {
  const result = native().syscall(syscallNumber("ioctl"), fd, request, argument);
  if (result < 0) throw perfRefusal("ioctl", what, result);
}

function perfRefusal(syscall: string, what: string, result: number): SyscallError {
  const errno = errnoName(result);
  const isPrivilege = result === -Errno.EPERM || result === -Errno.EACCES;
  const advice = isPrivilege ? `, ${privilegeAdvice(["CAP_PERFMON"])}` : "";
  return new SyscallError(`${what}: ${syscall}: ${errno}${advice}`, { syscall, errno });
}
