import { SyscallError } from "../errors.ts";
import { Errno, errnoName } from "./errno.ts";
import { Fd } from "./fd.ts";
import { native } from "./native.ts";
import { syscallNumber } from "./syscall-number.ts";

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;

/**
 * Takes `name` for this process, its workers included, until the result is closed. A name of the abstract socket namespace
 * stands for it: threads share nothing else, and the kernel gives it back however the process ends.
 *
 * @returns the claim, or undefined when it is taken
 * @throws {SyscallError} when no socket can be had
 */
export function claim(name: string): Fd | undefined {
  const number = native().syscall(syscallNumber("socket"), AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (number < 0) throw refusal("socket", name, number);
  const socket = new Fd(number, `claim of ${name}`);
  const address = new TextEncoder().encode(`..\0ebpf-ts:${process.pid}:${name}`);
  new DataView(address.buffer).setUint16(0, AF_UNIX, true);
  const result = native().syscall(syscallNumber("bind"), socket.number, address, address.length);
  if (result >= 0) return socket;
  socket.close();
  if (result === -Errno.EADDRINUSE) return undefined;
  throw refusal("bind", name, result);
}

function refusal(syscall: string, name: string, result: number): SyscallError {
  const errno = errnoName(result);
  return new SyscallError(`claiming ${name}: ${syscall}: ${errno}`, { syscall, errno });
}
