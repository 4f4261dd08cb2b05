// @ts-check
// Other releases of Node.js to test on, from npm and on demand: 100 MB each is too much for every `npm ci`.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./files.mjs";
import { npm } from "./install.mjs";

/** The release of each major version that tests run on. @type {Record<string, string>} */
const RELEASES = { 20: "20.19.6", 22: "22.23.3", 24: "24.21.0", 26: "26.10.0" };

/**
 * Gives the path of a Node.js, installing it into node_modules/.cache/nodes at first.
 * @param {string} wanted a major version that is listed here, or a path
 * @param {string} arch "x64" or "arm64"
 * @returns {Promise<string>}
 */
export async function nodeBinary(wanted, arch = process.arch) {
  if (wanted.includes("/")) return wanted;
  const release = RELEASES[wanted];
  if (release === undefined) throw new Error(`no Node.js ${wanted}; there are ${Object.keys(RELEASES).join(", ")}`);
  const name = `node-linux-${arch}`;
  const folder = join(ROOT, "node_modules/.cache/nodes", `${release}-${arch}`);
  const binary = join(folder, "node_modules", name, "bin/node");
  if (!existsSync(binary)) {
    console.error(`installing Node.js ${release} for ${arch}`);
    // Forced: npm refuses a package for another processor, which a guest has.
    const flags = ["--no-audit", "--no-fund", "--no-save", "--force", "--prefix", folder];
    await npm(["install", ...flags, `${name}@${release}`]);
  }
  return binary;
}
