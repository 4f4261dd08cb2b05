// @ts-check
// `npm run bench -- W... [flags]`: runs workloads and tells medians, and ratios to the peers that ran beside.
import "../scripts/node-floor.mjs";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync } from "node:fs";
import { cpus, release } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { capture, Failure, fail } from "../scripts/child.mjs";
import { ensureBuilt } from "../scripts/ensure.mjs";
import { ROOT } from "../scripts/files.mjs";
import { nodeBinary } from "../scripts/nodes.mjs";
import { formatSummary, summarize } from "./report.mjs";
import { BUILD, WORKLOADS } from "./workloads.mjs";

const USAGE = `usage: npm run bench -- [WORKLOAD]... [flags]      as root

${Object.entries(WORKLOADS)
  .map(([name, { title }]) => `  ${name}  ${title}`)
  .join("\n")}

  --peers DIR    also run the peers' programs that were built in DIR, interleaved round by round
  --node NODE    a major version or the path of a Node.js to measure ours under; again for more (default: this one)
  --rounds N     runs of each program (default 9; w9: 5)
  --storm N      execs of a storm (default 4000)
  --json         one JSON line a run, then one with the summary, instead of text
  --help

bench/README.md says what is measured.
`;

/** Where ratios are not to be trusted without: what else the machine did. */
function machine() {
  return {
    kernel: release(),
    cpu: cpus()[0]?.model ?? "",
    cpus: cpus().length,
    load: readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 3).join(" "),
  };
}

/** Compiles the driver when it is older than its source. @returns {Promise<string>} its path */
async function buildDriver() {
  const source = join(ROOT, "bench/driver.c");
  const driver = join(BUILD, "driver");
  if (existsSync(driver) && statSync(driver).mtimeMs >= statSync(source).mtimeMs) return driver;
  mkdirSync(BUILD, { recursive: true });
  const cc = process.env.CC ?? "cc";
  const { code, stderr } = await capture(cc, ["-O2", "-Wall", "-o", driver, source, "-lutil"]);
  if (code === 127) {
    throw new Failure(
      `no C compiler "${cc}": processes are started and measured by a C program; install one (apt-get install gcc libc6-dev) or set CC`,
    );
  }
  if (code !== 0) throw new Failure(`${cc} bench/driver.c:\n${stderr}`);
  return driver;
}

/** @param {string} wanted a major version or a path @returns {Promise<import("./workloads.mjs").NodeUnderTest>} */
async function nodeUnderTest(wanted) {
  const binary = await nodeBinary(wanted);
  const { code, stdout } = await capture(binary, ["--version"]);
  if (code !== 0) throw new Failure(`${binary} --version: exit code ${code}`);
  return { label: stdout.trim().replace("v", "node"), binary };
}

/**
 * Runs a part to its end.
 * @param {string} driver
 * @param {import("./workloads.mjs").Part} part
 * @param {readonly string[]} flags
 * @param {(run: import("./report.mjs").Run) => void} onRun
 */
async function runPart(driver, part, flags, onRun) {
  const commands = part.entries.flatMap(({ name, command }) => ["--", name, ...command]);
  const child = spawn(driver, [part.mode, ...flags, ...commands], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((settle, reject) => child.on("error", reject).on("close", settle));
  for await (const line of createInterface({ input: child.stdout })) onRun(JSON.parse(line));
  const code = await ended;
  if (code !== 0) throw new Failure(`${part.id}: the driver ended with exit code ${code}`);
}

/** @param {string} text @param {string} flag */
function count(text, flag) {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new RangeError(`${flag} ${text}: wanted a whole number from 1 on`);
}

function parse() {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      peers: { type: "string" },
      node: { type: "string", multiple: true },
      rounds: { type: "string" },
      storm: { type: "string", default: "4000" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const workloads = positionals.length > 0 ? positionals : Object.keys(WORKLOADS);
  const unknown = workloads.find((name) => !Object.hasOwn(WORKLOADS, name));
  if (unknown !== undefined) throw new RangeError(`no workload ${unknown}`);
  const peers = values.peers === undefined ? undefined : resolve(values.peers);
  if (peers !== undefined && !existsSync(join(peers, "build/c"))) {
    throw new RangeError(`--peers ${values.peers}: no build/c in it; the peers' build.sh makes it`);
  }
  return {
    ...values,
    workloads,
    peers,
    execs: count(values.storm, "--storm"),
    rounds: values.rounds === undefined ? undefined : count(values.rounds, "--rounds"),
  };
}

async function main() {
  let options;
  try {
    options = parse();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  if (options.help) {
    console.log(USAGE);
    return;
  }
  const { workloads, peers, execs, rounds, json } = options;
  if (process.getuid?.() !== 0) throw new Failure("the workloads load BPF programs: run as root");
  const driver = await buildDriver();
  await ensureBuilt("packages");
  const nodes = [];
  for (const wanted of options.node ?? [process.execPath]) nodes.push(await nodeUnderTest(wanted));
  for (const name of workloads) {
    for (const part of WORKLOADS[name]?.parts({ nodes, peers }) ?? []) {
      const partRounds = rounds ?? part.rounds ?? 9;
      const flags = ["-n", String(partRounds), "-c", String(execs)];
      const before = machine();
      /** @type {import("./report.mjs").Run[]} */
      const runs = [];
      await runPart(driver, part, flags, (run) => {
        runs.push(run);
        if (json) console.log(JSON.stringify({ workload: part.id, ...run }));
      });
      const summaries = summarize(part, runs);
      const { load, ...rest } = machine();
      const about = { workload: part.id, rounds: partRounds, ...rest, load: [before.load, load] };
      if (json) console.log(JSON.stringify({ ...about, summary: Object.fromEntries(summaries) }));
      else {
        console.log(`${formatSummary(part, summaries)}`);
        console.log(
          `${part.id}: Linux ${rest.kernel}, ${rest.cpus} x ${rest.cpu}, load ${before.load} before, ${load} after\n`,
        );
      }
    }
  }
}

await main().catch(fail);
