/** Which hooks execsnoop uses. Imported only for `--explain`. */

/** What decides about the hooks. */
export interface HookOptions {
  readonly hasFailed: boolean;
  readonly hasFullArgs: boolean;
  readonly hasDirectory: boolean;
  readonly envNames: readonly string[];
}

/** Says which hooks are used, and why; lines that end with a newline. */
export function explainHooks(options: HookOptions): string {
  const details = [
    ...(options.hasFullArgs ? ["arguments"] : []),
    ...(options.envNames.length > 0 ? ["environment"] : []),
    ...(options.hasDirectory ? ["working directory"] : []),
  ];
  const lines = [
    "raw tracepoint sched_process_exec: the kernel passes it once for each exec that succeeded, whatever the system call",
    "  (execve, execveat, fexecve), the calling thread, or the word size of caller and program; arguments are read from",
    "  the new process's own stack",
  ];
  if (details.length > 0) {
    lines.push(
      `raw tracepoint sched_process_exec, once more before that: reads ${details.join(", ")} of the new process, whole`,
    );
  }
  if (options.hasFailed) {
    lines.push(
      "tracepoints sys_enter_execve, sys_exit_execve, sys_enter_execveat, sys_exit_execveat: no other place is passed",
      "  by an exec that fails; the kernel has none for system calls of 32-bit callers, whose failures are not seen",
    );
  }
  return lines.map((line) => `${line}\n`).join("");
}
