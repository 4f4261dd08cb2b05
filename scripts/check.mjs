// @ts-check
// `npm run check`: format, lint, types of the scripts, layers, doc comments, layout, dead code, and the packages as they
// would be published. All checks run; only those that find something print more than a line.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import "./node-floor.mjs";
import { checkDocs } from "./check-docs.mjs";
import { checkLayers } from "./check-layers.mjs";
import { checkStyle } from "./check-style.mjs";
import { capture, fail } from "./child.mjs";
import { ensureBuilt } from "./ensure.mjs";
import { listFiles, ROOT } from "./files.mjs";

/** Sources but those that hold what is looked for, as patterns and as examples. */
const SOURCE = /^(?!scripts\/check(-style|\.test)\.mjs).*\.(ts|mjs)$/;
const PACKAGES = ["packages/ebpf", "packages/tools"];

/**
 * Texts by path of the sources that a pattern fits.
 * @param {readonly string[]} folders
 * @param {RegExp} name
 */
function read(folders, name) {
  const paths = folders.flatMap((folder) => listFiles(folder, name));
  return new Map(paths.map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
}

/**
 * A command of an npm package: it finds nothing when it ends with 0.
 * @param {string} name
 * @param {...string} args
 */
async function tool(name, ...args) {
  const { code, stdout, stderr } = await capture(join(ROOT, "node_modules/.bin", name), args);
  return code === 0 ? [] : [stdout + stderr];
}

/** @type {[string, () => Promise<string[]>][]} */
const CHECKS = [
  [
    "format and lint",
    () =>
      tool(
        "biome",
        "ci",
        "--error-on-warnings",
        "--diagnostic-level=warn",
        "--max-diagnostics=100",
        "--colors=off",
        ".",
      ),
  ],
  ["types of scripts", () => tool("tsc", "-p", "tsconfig.scripts.json")],
  ["layers", async () => checkLayers(read(PACKAGES, /\/src\/.*\.ts$/))],
  ["doc comments", async () => checkDocs(read(PACKAGES, /\/src\/(?!.*\.(test|test-support|bpf)\.ts$).*\.ts$/))],
  ["layout", async () => checkStyle(read(["packages", "test", "scripts", "bench", "examples"], SOURCE))],
  // Not "unlisted": it takes the library's own `require(name)` for Node's.
  ["dead code", () => tool("knip", "--no-progress", "--exclude", "unlisted,binaries")],
  ...PACKAGES.map(
    (path) =>
      /** @type {[string, () => Promise<string[]>]} */ ([`publint ${path}`, () => tool("publint", "--strict", path)]),
  ),
  ["types of packages/ebpf as published", () => tool("attw", "--pack", "packages/ebpf", "--profile", "esm-only")],
];

async function main() {
  await ensureBuilt("all");
  for (const [name, check] of CHECKS) {
    const start = performance.now();
    const problems = await check();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${problems.length === 0 ? "ok" : "FAILED"}  ${name} (${seconds} s)`);
    for (const problem of problems) console.log(problem);
    if (problems.length > 0) process.exitCode = 1;
  }
}

await main().catch(fail);
