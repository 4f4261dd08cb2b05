import { SyscallError } from "../errors.ts";
import { errnoName } from "./errno.ts";
import { Fd } from "./fd.ts";
import { native } from "./native.ts";
import { syscallNumber } from "./syscall-number.ts";

const EPOLL_CLOEXEC = 0o2000000;
const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;

/** Makes one descriptor that is readable whenever one of `fds` is. @throws {SyscallError} */
export function openEpoll(fds: readonly number[], what: string): Fd {
  const epoll = new Fd(
    check(native().syscall(syscallNumber("epoll_create1"), EPOLL_CLOEXEC), "epoll_create1", what),
    what,
  );
  try {
    // struct epoll_event is packed on x64 and aligned elsewhere; events come first in both, data is not used.
    const event = new Uint8Array(16);
    new DataView(event.buffer).setUint32(0, EPOLLIN, true);
    for (const fd of fds) {
      check(native().syscall(syscallNumber("epoll_ctl"), epoll.number, EPOLL_CTL_ADD, fd, event), "epoll_ctl", what);
    }
    return epoll;
  } catch (error) {
    epoll.close();
    throw error;
  }
}

function check(result: number, syscall: string, what: string): number {
  if (result >= 0) return result;
  const errno = errnoName(result);
  throw new SyscallError(`${what}: ${syscall}: ${errno}`, { syscall, errno });
}
