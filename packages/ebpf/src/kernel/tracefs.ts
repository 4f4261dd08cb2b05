import { existsSync, readFileSync } from "node:fs";
import { encodeCString } from "../bytes/cstring.ts";
import { SyscallError, UnsupportedError } from "../errors.ts";
import { privilegeAdvice } from "../sys/capability.ts";
import { errnoName } from "../sys/errno.ts";
import { Fd } from "../sys/fd.ts";
import { native } from "../sys/native.ts";
import { type SyscallName, syscallNumber } from "../sys/syscall-number.ts";
import { findMount } from "./mounts.ts";

const FSOPEN_CLOEXEC = 1;
const FSCONFIG_CMD_CREATE = 6;
const FSMOUNT_CLOEXEC = 1;

let root: string | undefined;
/** Holds the detached mount, which ends with the process. */
let detached: Fd | undefined;

/**
 * Folder that tracefs's files can be opened below: where it is mounted, else a mount of our own that no path of the
 * machine leads to (fsopen and fsmount), reached through the descriptor. Found once.
 *
 * @throws {UnsupportedError} when it is not mounted and can't be
 * @kernel 5.2 for the detached mount
 */
export function tracefsRoot(): string {
  if (root === undefined) {
    root = ["/sys/kernel/tracing", "/sys/kernel/debug/tracing"].find((path) => existsSync(`${path}/events`));
    root ??= findMount("tracefs");
    if (root === undefined) {
      detached = mountDetached();
      root = `/proc/self/fd/${detached.number}`;
    }
  }
  return root;
}

/**
 * Number by which perf_event_open(2) knows a tracepoint.
 *
 * @param category folder of the tracepoint below `events`: `syscalls`
 * @param name the tracepoint: `sys_enter_execve`
 * @throws {UnsupportedError} when the kernel has no such tracepoint, or tracefs is not to be had
 */
export function tracepointId(category: string, name: string): number {
  const file = `${tracefsRoot()}/events/${category}/${name}/id`;
  let text: string;
  try {
    text = readFileSync(file, "latin1");
  } catch (cause) {
    throw new UnsupportedError(`tracepoint ${category}:${name}: ${file} cannot be read: ${String(cause)}`, {
      feature: `tracepoint ${category}:${name}`,
      cause,
    });
  }
  return Number.parseInt(text, 10);
}

function mountDetached(): Fd {
  const invoke = (name: SyscallName, ...args: (number | Uint8Array | null)[]): number => {
    const result = native().syscall(syscallNumber(name), ...args);
    if (result >= 0) return result;
    const errno = errnoName(result);
    const cause = new SyscallError(`${name}: ${errno}`, { syscall: name, errno });
    throw new UnsupportedError(
      `tracefs is not mounted and cannot be mounted (${name}: ${errno}), ${privilegeAdvice(["CAP_SYS_ADMIN"])}; ` +
        "mount -t tracefs tracefs /sys/kernel/tracing would do",
      { feature: "tracefs", cause },
    );
  };
  using context = new Fd(invoke("fsopen", encodeCString("tracefs"), FSOPEN_CLOEXEC), "tracefs context");
  invoke("fsconfig", context.number, FSCONFIG_CMD_CREATE, null, null, 0);
  return new Fd(invoke("fsmount", context.number, FSMOUNT_CLOEXEC, 0), "tracefs mount");
}
