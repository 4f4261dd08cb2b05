/** Finds the folder of `--cgroup`. Imported only when the flag is given. */
import { existsSync, readFileSync } from "node:fs";
import { isAbsolute, join } from "node:path";

/**
 * The path of a cgroup v2 folder: as given, or below the place where cgroup2 is mounted.
 *
 * @param path absolute, relative to the present folder, or relative to the mount point
 * @param mountInfo text of /proc/self/mountinfo
 * @param exists tells whether there is something at a path
 */
export function cgroupFolder(
  path: string,
  mountInfo: string = readFileSync("/proc/self/mountinfo", "utf8"),
  exists: (path: string) => boolean = existsSync,
): string {
  if (isAbsolute(path) || exists(path)) return path;
  const mount = mountInfo.split("\n").find((line) => line.includes(" - cgroup2 "));
  const place = mount?.split(" ")[4];
  // A blank and the like stand in mountinfo as octal numbers.
  const unescaped = place?.replace(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
  return unescaped === undefined ? path : join(unescaped, path);
}
