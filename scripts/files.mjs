// @ts-check
// The repository's files: its root, and lists of names below a folder.
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Absolute path of the repository's root. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** Folders of a package or of the root that no list of sources enters. */
const NOT_SOURCES = new Set(["node_modules", "dist", "build", ".git"]);

/**
 * Lists the files below a folder that a name fits, sorted; made folders (`dist`, `build`, …) are left out.
 * @param {string} folder relative to the root; a missing one has no files
 * @param {RegExp} name tried on the path relative to the root
 * @returns {string[]} paths relative to the root
 */
export function listFiles(folder, name = /./) {
  if (!existsSync(join(ROOT, folder))) return [];
  /** @type {string[]} */
  const found = [];
  for (const entry of readdirSync(join(ROOT, folder), { withFileTypes: true })) {
    const path = folder === "." ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!NOT_SOURCES.has(entry.name)) found.push(...listFiles(path, name));
    } else if (name.test(path)) {
      found.push(path);
    }
  }
  return found.sort();
}

/**
 * Names the state of files in one short text: equal texts mean that no file was added, removed, or written.
 * @param {readonly string[]} paths relative to the root
 * @returns {string} a line for each file
 */
export function stampOf(paths) {
  return paths
    .map((path) => {
      const { mtimeMs, size } = statSync(join(ROOT, path));
      return `${path} ${mtimeMs} ${size}\n`;
    })
    .join("");
}
