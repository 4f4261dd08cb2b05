import { UnsupportedError } from "../errors.ts";

const X64 = {
  fcntl: 72,
  ioctl: 16,
  socket: 41,
  bind: 49,
  capget: 125,
  epoll_ctl: 233,
  epoll_create1: 291,
  perf_event_open: 298,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
} as const;

/** A system call that the library makes through {@link syscallNumber}. */
export type SyscallName = keyof typeof X64;

/** arm64 has the numbers that Linux gives to all newer processors. @source kernel: include/uapi/asm-generic/unistd.h */
const GENERIC: Readonly<Record<SyscallName, number>> = {
  fcntl: 25,
  ioctl: 29,
  socket: 198,
  bind: 200,
  capget: 90,
  epoll_ctl: 21,
  epoll_create1: 20,
  perf_event_open: 241,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
};

/**
 * Number of a system call on this processor.
 * @throws {UnsupportedError} on one whose numbers are not known here
 * @source kernel: arch/x86/entry/syscalls/syscall_64.tbl
 */
export function syscallNumber(name: SyscallName): number {
  switch (process.arch) {
    case "x64":
      return X64[name];
    case "arm64":
    case "riscv64":
      return GENERIC[name];
    default:
      throw new UnsupportedError(
        `system call ${name}: no number is known for ${process.arch}, only for x64, arm64 and riscv64`,
        {
          feature: `system calls on ${process.arch}`,
        },
      );
  }
}
