// @ts-check
// Runs the compiled kernel tests in guests of other kernels, one guest for each kernel and suite.
import { run } from "../../scripts/child.mjs";
import { nodeBinary } from "../../scripts/nodes.mjs";
import { newTallyFile, readTally, testArguments } from "../../scripts/test/node-tests.mjs";
import { ensurePrograms } from "../../scripts/test/programs.mjs";
import { emptyTally, leftOut, sum, tallyOf } from "../../scripts/test/tally.mjs";
import { addonTests, compiledPath, kernelTests } from "../../scripts/test/test-files.mjs";

/** Kernels that are tested unless others are named. */
const KERNELS = ["6.1", "6.12", "6.12-arm64"];

const GUEST = "test/vm/guest";
/** A guest's processor is emulated, 10 to 100 times slower than the machine's. */
const LIMITS = { concurrency: 1, timeoutMs: 120_000 };
const GUEST_SECONDS = 900;

/**
 * Runs the kernel tests under each kernel; under arm64 kernels the addon's tests alone.
 * @param {import("../../scripts/test/kinds.mjs").Options} options kernels, and a part of the test files' paths
 * @returns {Promise<import("../../scripts/test/tally.mjs").Tally>}
 */
export async function runInGuests({ kernels, match, node }) {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return leftOut("vm: needs root on Linux");
  const chosen = kernels.length === 0 ? KERNELS : kernels;
  const tallies = [];
  for (const kernel of chosen) {
    console.log(`\n--- Linux ${kernel} in a guest`);
    tallies.push(await runInGuest(kernel, match, node));
  }
  return sum(tallies);
}

/**
 * @param {string} kernel
 * @param {string} match
 * @param {string} hostNode
 */
async function runInGuest(kernel, match, hostNode) {
  const isArm64 = kernel.endsWith("-arm64");
  const name = `vm ${kernel}`;
  const sources = (isArm64 ? addonTests() : kernelTests()).filter((path) => path.includes(match));
  if (sources.length === 0) return tallyOf(false, `${name}: no test found`);
  const programs = [await ensurePrograms("vm"), ...(isArm64 ? [await ensurePrograms("vm-arm64")] : [])];
  if (!programs.every(({ isReady }) => isReady)) {
    return { ...emptyTally(), leftOut: programs.flatMap(({ notes }) => notes) };
  }
  if ((await run(GUEST, ["fetch", kernel], { stdout: "stderr" })) !== 0) {
    return tallyOf(false, `${name}: the kernel cannot be fetched`);
  }
  // The guest sees the repository under its own path, and so the arm64 Node.js among its modules.
  const node = isArm64 ? await nodeBinary("20", "arm64") : hostNode;
  const tallyFile = newTallyFile(name);
  const command = [node, ...testArguments(sources.map(compiledPath), tallyFile, LIMITS)];
  const code = await run(GUEST, ["run", kernel, String(GUEST_SECONDS), ...command]);
  return readTally(name, tallyFile, code);
}
