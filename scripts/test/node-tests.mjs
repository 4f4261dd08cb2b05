// @ts-check
// Runs compiled test files under `node --test` and tallies them; every skip must be explained.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { explainSkip } from "../../test/kernel/skips.mjs";
import { run } from "../child.mjs";
import { ROOT } from "../files.mjs";
import { emptyTally } from "./tally.mjs";

/**
 * Arguments for `node` that run test files by name (folders and globs mean different things among releases), print
 * them, and write their tally.
 * @param {readonly string[]} files relative to the root
 * @param {string} tallyFile relative to the root
 * @param {{ concurrency: number, timeoutMs: number }} limits test files at a time; for each test
 */
export function testArguments(files, tallyFile, { concurrency, timeoutMs }) {
  return [
    "--test",
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${timeoutMs}`,
    ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
    ...[`--test-reporter=${join(ROOT, "scripts/test/tally-reporter.mjs")}`, `--test-reporter-destination=${tallyFile}`],
    ...files,
  ];
}

/**
 * Runs test files on this machine.
 * @param {string} name of the run
 * @param {readonly string[]} files relative to the root
 * @param {{ node: string, concurrency: number, timeoutMs: number }} options the Node.js to run them, and limits
 */
export async function runNodeTests(name, files, options) {
  const tallyFile = newTallyFile(name);
  const code = await run(options.node, testArguments(files, tallyFile, options));
  return readTally(name, tallyFile, code);
}

/**
 * Names the file that a run writes its tally to; there is none yet.
 * @param {string} name of the run
 */
export function newTallyFile(name) {
  const file = `build/tally/${name.replaceAll(/[^\w.-]+/g, "-")}.json`;
  mkdirSync(join(ROOT, "build/tally"), { recursive: true });
  rmSync(join(ROOT, file), { force: true });
  return file;
}

/**
 * Reads what the reporter wrote and judges it: a run without tests, a skip without a reason that its kernel explains, and
 * an exit code that no failed test accounts for are failures.
 * @param {string} name of the run
 * @param {string} tallyFile relative to the root
 * @param {number} code the run's exit code
 * @returns {import("./tally.mjs").Tally}
 */
export function readTally(name, tallyFile, code) {
  const path = join(ROOT, tallyFile);
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  if (text === "")
    return { ...emptyTally(), failed: 1, complaints: [`${name}: ended with ${code} before its tests did`] };
  const { counts, skips, kernel, node } = JSON.parse(text);
  const complaints = [];
  if (counts.tests === 0) complaints.push(`${name}: no test ran`);
  for (const skip of skips) {
    const complaint = explainSkip(skip.reason, { kernel, node });
    if (complaint !== undefined) complaints.push(`${name}: "${skip.name}" is skipped: ${complaint}`);
  }
  const failed = counts.fail + counts.cancelled;
  if (code !== 0 && failed === 0) complaints.push(`${name}: exit code ${code} though no test failed`);
  return {
    ...{ passed: counts.pass, failed: failed + complaints.length, skipped: counts.skipped },
    ...{ skips, complaints, leftOut: [] },
  };
}
