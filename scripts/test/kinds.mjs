// @ts-check
// The kinds of tests: what each consists of and how it runs.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../child.mjs";
import { listFiles, ROOT } from "../files.mjs";
import { runNodeTests } from "./node-tests.mjs";
import { ensurePrograms } from "./programs.mjs";
import { emptyTally, leftOut, sum, tallyOf } from "./tally.mjs";
import { addonTests, compiledPath, conformanceTests, kernelTests, propertyTests, unitTests } from "./test-files.mjs";

/**
 * @typedef {{ node: string, match: string, kernels: string[] }} Options
 *   the Node.js that runs tests, a part of a path that test files must have, and kernels for the kind `vm`
 * @typedef {(options: Options) => Promise<import("./tally.mjs").Tally>} Kind
 */

/** @type {Record<string, Kind>} */
export const KINDS = {
  unit: (options) => nodeKind("unit", { ...options, concurrency: 2, timeoutMs: 60_000 }, unitTests()),
  property: (options) => nodeKind("property", { ...options, concurrency: 2, timeoutMs: 300_000 }, propertyTests()),
  conformance: (options) =>
    nodeKind("conformance", { ...options, concurrency: 2, timeoutMs: 300_000 }, conformanceTests()),
  types: checkTypes,
  kernel: (options) => onKernel("kernel", kernelTests(), options),
  addon: (options) => onKernel("addon", addonTests(), options),
  vm: async (options) => {
    const { runInGuests } = await import("../../test/vm/run.mjs");
    return runInGuests(options);
  },
  browser: async () => {
    const { isReady, notes } = await ensurePrograms("browser");
    if (!isReady) return { ...emptyTally(), leftOut: notes };
    const { runBrowserTests } = await import("../../test/browser/run.mjs");
    return runBrowserTests();
  },
  sanitizer: () => scriptKind("sanitizer", ["scripts/addon.mjs", "asan"]),
  reproducibility: async () =>
    sum([
      await scriptKind("reproducibility", ["scripts/addon.mjs", "verify"]),
      await scriptKind("reproducibility", ["scripts/bpf.mjs", "verify"]),
    ]),
  fuzz: () => scriptKind("fuzz", ["scripts/fuzz.mjs", "--seconds", "10", "--seed", "1"]),
  check: () => scriptKind("check", ["scripts/check.mjs"]),
};

const DEFAULT = ["unit", "property", "conformance", "types", "kernel"];
const EXTRA = ["vm", "browser", "sanitizer", "reproducibility", "fuzz", "check"];

/** Names for several kinds: `all` is `default` and `extra`. @type {Record<string, string[]>} */
export const GROUPS = { default: DEFAULT, extra: EXTRA, all: [...DEFAULT, ...EXTRA] };

/**
 * @param {string} kind
 * @param {Options & { concurrency: number, timeoutMs: number }} options
 * @param {readonly string[]} sources
 */
async function nodeKind(kind, options, sources) {
  const chosen = sources.filter((path) => path.includes(options.match));
  if (chosen.length === 0) return tallyOf(false, `${kind}: no test found`);
  const { notes } = await ensurePrograms(kind);
  const name = options.node === process.execPath ? kind : `${kind} on ${options.node}`;
  const tally = await runNodeTests(name, chosen.map(compiledPath), options);
  return sum([tally, { ...emptyTally(), leftOut: notes }]);
}

/**
 * Runs tests that enter the kernel, one file at a time: they share its programs and maps.
 * @param {string} kind
 * @param {readonly string[]} sources
 * @param {Options} options
 */
async function onKernel(kind, sources, options) {
  if (process.platform !== "linux") return leftOut(`${kind}: needs Linux, this is ${process.platform}`);
  if (process.getuid?.() !== 0) return leftOut(`${kind}: needs root (bpf(2) is refused to others)`);
  return nodeKind(kind, { ...options, concurrency: 1, timeoutMs: 300_000 }, sources);
}

/**
 * @param {string} kind
 * @param {readonly string[]} args of node
 */
async function scriptKind(kind, args) {
  const { isReady, notes } = await ensurePrograms(kind);
  if (!isReady) return { ...emptyTally(), leftOut: notes };
  if (!existsSync(join(ROOT, args[0] ?? ""))) return tallyOf(false, `${kind}: no test found`);
  return tallyOf((await run(process.execPath, args)) === 0, `${kind}: see above, or run \`node ${args.join(" ")}\``);
}

/**
 * Compiles test/types against the packages as they are published; each file is a test.
 * @param {Options} options
 * @returns {Promise<import("./tally.mjs").Tally>}
 */
async function checkTypes({ match }) {
  const files = listFiles("test/types", /\.ts$/).filter((path) => path.includes(match));
  if (files.length === 0) return tallyOf(false, "types: no test found");
  const code = await run(join(ROOT, "node_modules/.bin/tsc"), ["-p", "test/types"]);
  return code === 0
    ? { ...emptyTally(), passed: files.length }
    : { ...emptyTally(), failed: files.length, complaints: ["types: test/types does not compile, see above"] };
}
