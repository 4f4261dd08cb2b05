import { readFileSync } from "node:fs";

/** One mount of this process's mount namespace. */
export interface Mount {
  /** Where it is mounted. */
  readonly path: string;
  /** Directory of the file system that is mounted; `/` for the whole. */
  readonly root: string;
  /** Kind of file system: `tracefs`, `cgroup2`, … */
  readonly type: string;
}

/** Parses the text of /proc/PID/mountinfo; lines of another shape are passed over. */
export function parseMountInfo(text: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of text.split("\n")) {
    const [place = "", source = ""] = line.split(" - ");
    const [, , , root, path] = place.split(" ");
    const [type] = source.split(" ");
    if (root && path && type) mounts.push({ path: unescapeOctal(path), root: unescapeOctal(root), type });
  }
  return mounts;
}

/** Where a file system of that kind is mounted whole; the first mount when there are several. */
export function findMount(type: string): string | undefined {
  return parseMountInfo(readFileSync("/proc/self/mountinfo", "utf8")).find(
    (mount) => mount.type === type && mount.root === "/",
  )?.path;
}

/** Blanks, tabs, newlines and backslashes stand in mountinfo as octal numbers. */
function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));
}
