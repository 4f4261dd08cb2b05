// @ts-check
// `node scripts/test.mjs KIND… [--node VERSION|PATH] [--match TEXT] [KERNEL…]`: installs and builds what is missing, then
// runs the kinds of tests named, and tells what passed, failed, was skipped and why.
import "./node-floor.mjs";

const USAGE = "usage: node scripts/test.mjs KIND… [--node VERSION|PATH] [--match PART-OF-PATH] [KERNEL…]";

/** @param {readonly string[]} words */
async function parseArguments(words) {
  const { GROUPS, KINDS } = await import("./test/kinds.mjs");
  const { nodeBinary } = await import("./nodes.mjs");
  /** @type {string[]} */
  const kinds = [];
  const options = { node: process.env.TEST_NODE ?? process.execPath, match: "", kernels: /** @type {string[]} */ ([]) };
  const rest = [...words];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--node") options.node = rest.shift() ?? "";
    else if (word === "--match") options.match = rest.shift() ?? "";
    else if (/^\d/.test(word)) options.kernels.push(word);
    else if (word in KINDS) kinds.push(word);
    else if (word in GROUPS) kinds.push(...(GROUPS[word] ?? []));
    else
      throw new Error(
        `${word} is no kind of test: ${[...Object.keys(GROUPS), ...Object.keys(KINDS)].join(", ")}\n${USAGE}`,
      );
  }
  if (kinds.length === 0) throw new Error(USAGE);
  return { kinds, options: { ...options, node: await nodeBinary(options.node) } };
}

async function main() {
  const { ensureBuilt } = await import("./ensure.mjs");
  const { ROOT } = await import("./files.mjs");
  const { KINDS } = await import("./test/kinds.mjs");
  const { closingLine, sum, tallyOf } = await import("./test/tally.mjs");
  const { kinds, options } = await parseArguments(process.argv.slice(2));
  await ensureBuilt("all");

  const runs = [];
  for (const kind of kinds) {
    const start = performance.now();
    console.log(`\n--- ${kind}`);
    // One kind that breaks must not hide what the others have to say.
    const tally = await KINDS[kind]?.(options).catch((error) => tallyOf(false, `${kind}: ${error?.stack ?? error}`));
    if (tally !== undefined) runs.push({ kind, tally, seconds: (performance.now() - start) / 1000 });
  }

  const total = sum(runs.map(({ tally }) => tally));
  console.log();
  for (const { kind, tally, seconds } of runs) {
    console.log(`${kind.padEnd(16)} ${closingLine(tally)}  (${seconds.toFixed(1)} s)`);
  }
  for (const { file, name, reason } of total.skips)
    console.log(`skipped: ${name}: ${reason} (${file.replace(`${ROOT}/`, "")})`);
  for (const note of total.leftOut) console.log(`left out: ${note}`);
  for (const complaint of total.complaints) console.log(`failed: ${complaint}`);
  const isIncomplete = Boolean(process.env.CI) && total.leftOut.length > 0;
  if (isIncomplete) console.log("failed: something was left out, which CI does not allow");
  console.log(`\n${closingLine(isIncomplete ? { ...total, failed: total.failed + 1 } : total)}`);
  if (total.failed > 0 || isIncomplete) process.exitCode = 1;
}

await main().catch(async (error) => {
  const { fail } = await import("./child.mjs");
  fail(error);
});
