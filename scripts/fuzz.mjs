// @ts-check
// `npm run fuzz -- [--seconds N] [--seed S] [TARGET…]`: feeds damaged inputs to decoders. A target is a compiled
// test/fuzz/NAME.fuzz.ts that exports
//
//   target = { name, seeds(): Promise<Uint8Array[]>, run(bytes: Uint8Array): void }
//
// Its run may return or throw an EbpfError. Anything else is a finding: another error, a run over a second, memory or
// descriptors that stay. The input of a finding is kept below build/fuzz, and the command that runs it again is printed:
// `npm run fuzz -- TARGET --input FILE`.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import "./node-floor.mjs";
import { Failure, fail } from "./child.mjs";
import { ensureBuilt } from "./ensure.mjs";
import { listFiles, ROOT } from "./files.mjs";
import { mutate, randomFrom } from "./fuzz-mutate.mjs";
import { startWatchdog } from "./fuzz-watchdog.mjs";
import { compiledPath } from "./test/test-files.mjs";

/**
 * @typedef {{ name: string, seeds(): Promise<Uint8Array[]>, run(bytes: Uint8Array): void }} Target
 * @typedef {{ problem: string, input: Uint8Array }} Finding
 */

const MAX_RUN_MS = 1000;
const MAX_HEAP_GROWTH_BYTES = 64 * 2 ** 20;
/** Findings of one target after which the rest of its time is saved. */
const MAX_FINDINGS = 5;

setFlagsFromString("--expose-gc");
const collectGarbage = /** @type {() => void} */ (runInNewContext("gc"));

/**
 * Runs an input once.
 * @param {Target} target
 * @param {Uint8Array} input
 * @param {ReturnType<typeof startWatchdog>} watchdog
 * @returns {string | undefined} what is wrong
 */
function tryInput(target, input, watchdog) {
  watchdog.begin(input);
  const start = performance.now();
  try {
    target.run(input.slice()); // a copy: it is the input of the next mutation, and what is kept of a finding
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    const isExpected = typeof code === "string" && code.startsWith("ERR_BPF_");
    if (!isExpected) return error instanceof Error ? (error.stack ?? error.message) : `threw ${String(error)}`;
  } finally {
    watchdog.end();
  }
  const spentMs = performance.now() - start;
  return spentMs > MAX_RUN_MS ? `took ${Math.round(spentMs)} ms for ${input.length} bytes` : undefined;
}

/**
 * Mutates and runs a target's seeds for some time.
 * @param {Target} target
 * @param {number} seconds
 * @param {number} seed
 */
async function fuzz(target, seconds, seed) {
  const seeds = await target.seeds();
  if (seeds.length === 0) throw new Failure(`${target.name}: has no seeds`);
  const watchdog = startWatchdog(target.name);
  const random = randomFrom(`${target.name} ${seed}`);
  /** @type {Map<string, Finding>} */
  const findings = new Map();
  const note = (/** @type {string} */ problem, /** @type {Uint8Array} */ input) => {
    const place = problem.split("\n").slice(0, 2).join("\n").replaceAll(/\d+/g, "#"); // the same fault at another offset
    if (!findings.has(place)) findings.set(place, { problem, input });
  };
  for (const input of seeds) {
    const problem = tryInput(target, input, watchdog);
    if (problem !== undefined) note(`undamaged seed: ${problem}`, input);
  }
  const before = await resources();
  const end = performance.now() + seconds * 1000;
  let runs = 0;
  let last = seeds[0] ?? new Uint8Array();
  while (performance.now() < end && findings.size < MAX_FINDINGS) {
    last = mutate(seeds, random);
    const problem = tryInput(target, last, watchdog);
    if (problem !== undefined) note(problem, last);
    runs++;
  }
  const after = await resources();
  if (after.heapBytes - before.heapBytes > MAX_HEAP_GROWTH_BYTES) {
    note(`the heap grew by ${((after.heapBytes - before.heapBytes) / 2 ** 20).toFixed(0)} MB in ${runs} runs`, last);
  }
  if (after.descriptors > before.descriptors)
    note(`${after.descriptors - before.descriptors} descriptors stay open`, last);
  await watchdog.stop();
  return { runs, findings: [...findings.values()] };
}

/** What stays in use when nothing runs. */
async function resources() {
  // The memory of buffers is given back after a collection, by another thread; the next one sees that.
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const { heapUsed, external } = process.memoryUsage();
  const descriptors = process.platform === "linux" ? readdirSync("/proc/self/fd").length : 0;
  return { heapBytes: heapUsed + external, descriptors };
}

/**
 * Keeps a finding's input and tells of it.
 * @param {Target} target
 * @param {Finding} finding
 */
function report(target, { problem, input }) {
  const hash = createHash("sha256").update(input).digest("hex").slice(0, 12);
  const file = `build/fuzz/${target.name}-${hash}.bin`;
  mkdirSync(join(ROOT, "build/fuzz"), { recursive: true });
  writeFileSync(join(ROOT, file), input);
  console.log(`✖ ${target.name}: ${problem}\n  again: npm run fuzz -- ${target.name} --input ${file}`);
}

/** @param {readonly string[]} names all targets when empty */
async function loadTargets(names) {
  const files = listFiles("test/fuzz", /\.fuzz\.ts$/).map(compiledPath);
  const modules = await Promise.all(files.map((file) => import(pathToFileURL(join(ROOT, file)).href)));
  const targets = modules.map(({ target }) => /** @type {Target} */ (target));
  const unknown = names.filter((name) => !targets.some((target) => target.name === name));
  const all = targets.map(({ name }) => name).join(", ");
  if (unknown.length > 0) throw new Failure(`no target ${unknown.join(", ")}; there are: ${all || "none"}`);
  if (targets.length === 0) throw new Failure("fuzz: no target found in test/fuzz");
  return names.length === 0 ? targets : targets.filter(({ name }) => names.includes(name));
}

async function main() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seconds: { type: "string", default: "60" },
      seed: { type: "string", default: String(Date.now() % 2 ** 31) },
      input: { type: "string" },
    },
  });
  await ensureBuilt("all");
  const targets = await loadTargets(positionals);
  if (values.input !== undefined) {
    const [target] = targets;
    if (target === undefined || targets.length !== 1) throw new Failure("--input wants one target");
    const input = new Uint8Array(readFileSync(join(ROOT, values.input)));
    const problem = tryInput(target, input, startWatchdog(target.name));
    console.log(problem ?? "nothing found");
    process.exitCode = problem === undefined ? 0 : 1;
    return;
  }
  const seconds = Number(values.seconds) / targets.length;
  console.log(`seed ${values.seed}, ${seconds.toFixed(1)} s for each of ${targets.length} targets`);
  for (const target of targets) {
    const { runs, findings } = await fuzz(target, seconds, Number(values.seed));
    for (const finding of findings) report(target, finding);
    console.log(`${target.name}: ${runs} runs, ${findings.length} findings`);
    if (findings.length > 0) process.exitCode = 1;
  }
}

await main().catch(fail);
