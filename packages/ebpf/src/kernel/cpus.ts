import { readFileSync } from "node:fs";
import { FormatError } from "../errors.ts";

/** Parses a kernel list of CPUs, as in `0-3,8`. @throws {FormatError} when it is none */
export function parseCpuList(text: string): number[] {
  const cpus: number[] = [];
  for (const part of text.trim().split(",")) {
    const match = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? first);
    if (match === null || last < first) {
      throw new FormatError(`CPU list "${text.trim()}": found "${part}", wanted a number or a range`, {
        format: "cpu list",
      });
    }
    for (let cpu = first; cpu <= last; cpu++) cpus.push(cpu);
  }
  return cpus;
}

let possible: number | undefined;

/** How many CPUs the kernel has room for: per-CPU values have one part for each. Read once. */
export function possibleCpuCount(): number {
  if (possible === undefined) {
    const cpus = parseCpuList(readFileSync("/sys/devices/system/cpu/possible", "latin1"));
    possible = (cpus.at(-1) ?? 0) + 1;
  }
  return possible;
}

/** The CPUs that run now. */
export function onlineCpus(): number[] {
  return parseCpuList(readFileSync("/sys/devices/system/cpu/online", "latin1"));
}
