/** Which events are shown, beyond what the program in the kernel has left out. */
import { toByteString } from "./byte-string.ts";
import type { ExecEvent } from "./events.ts";

/** What an event must have; undefined where anything will do. */
export interface FilterOptions {
  readonly ppid: number | undefined;
  /** Part of the process's name. */
  readonly name: string | undefined;
  /** Part of the path and arguments, a blank between each two. */
  readonly line: string | undefined;
}

/** Makes the test that an event must pass to be shown. */
export function eventFilter({ ppid, name, line }: FilterOptions): (event: ExecEvent) => boolean {
  const nameBytes = toByteString(name ?? "");
  const lineBytes = toByteString(line ?? "");
  return (event) =>
    (ppid === undefined || event.ppid === ppid) &&
    event.comm.includes(nameBytes) &&
    (lineBytes === "" || event.argv.join(" ").includes(lineBytes));
}
