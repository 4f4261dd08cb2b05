import { constants } from "node:os";

/** ENOTSUPP, which the kernel's BPF code returns though user space has no such number. */
const KERNEL_ONLY: Readonly<Record<number, string>> = { 512: "ERESTARTSYS", 524: "ENOTSUPP" };

let names: Map<number, string> | undefined;

/** Symbolic name of an error number, negative or not: `EPERM` for 1 and -1, `errno 999` for one without a name. */
export function errnoName(errno: number): string {
  const positive = Math.abs(errno);
  if (names === undefined) {
    names = new Map(Object.entries(KERNEL_ONLY).map(([number, name]) => [Number(number), name]));
    // Of two names for one number the first stays: EAGAIN, not EWOULDBLOCK.
    for (const [name, number] of Object.entries(constants.errno)) if (!names.has(number)) names.set(number, name);
  }
  return names.get(positive) ?? `errno ${positive}`;
}

/** Error numbers that the library acts on; the same on x64 and arm64. @source kernel: include/uapi/asm-generic/errno.h */
export const Errno = {
  EPERM: 1,
  ENOENT: 2,
  EINTR: 4,
  E2BIG: 7,
  EBADF: 9,
  EAGAIN: 11,
  EACCES: 13,
  EFAULT: 14,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOSPC: 28,
  ENOSYS: 38,
  EADDRINUSE: 98,
} as const;
