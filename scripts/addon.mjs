// @ts-check
// Builds and checks the native addon, packages/ebpf/native; `node scripts/addon.mjs` prints how it is called.
// Exit codes: 0 done, 1 a build, comparison or test failed, 2 wrong usage.
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isDeepStrictEqual, parseArgs } from "node:util";
import { capture, Failure, fail, must, run } from "./child.mjs";
import { listFiles, ROOT } from "./files.mjs";

const USAGE = `usage: node scripts/addon.mjs COMMAND [--target linux-x64|linux-arm64]... [--tests FOLDER]

  build    compiles the addon of each target (default: this machine's) into packages/ebpf/prebuilds
  verify   compiles each target (default: all of the manifest) again and compares the bytes with the committed file;
           with another compiler than the manifest's, tests what it made for this machine's CPU instead
  asan     runs the addon's tests under AddressSanitizer and UndefinedBehaviorSanitizer, on this machine's CPU

  --tests  folder of the compiled native*.test.js, when it isn't packages/ebpf/dist/sys
`;

const SOURCES = "packages/ebpf/native";
const PREBUILDS = "packages/ebpf/prebuilds";
const MANIFEST = join(ROOT, PREBUILDS, "manifest.json");
const HEADERS = join(ROOT, "node_modules/node-api-headers/include");
const HOST = `${process.platform}-${process.arch}`;

/** Flags of every build. Without libc and stack protector one file serves glibc and musl; the rest makes it reproducible. */
const FLAGS = [
  ..."-std=c11 -ffreestanding -DNAPI_VERSION=8 -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Werror".split(" "),
  ..."-O2 -fPIC -fvisibility=hidden -fno-stack-protector -U_FORTIFY_SOURCE".split(" "),
  ..."-shared -nostdlib -s -Wl,--build-id=none,-z,now,-z,relro,-z,noexecstack,-z,noseparate-code".split(" "),
];

/**
 * @typedef {{ sha256: string, sizeBytes: number, compiler: string, linker: string, flags: string[], sources: Record<string, string> }} Entry
 *   one target of the manifest: the file, what made it, and of what
 */

/**
 * Compiler and further flags of each target; the linker's 64 KB segments on arm64, for kernels with such pages, are its default.
 * @type {Record<string, { cc: string, flags: string[] }>}
 */
const TARGETS = {
  "linux-x64": { cc: process.arch === "x64" ? "gcc" : "x86_64-linux-gnu-gcc", flags: FLAGS },
  "linux-arm64": {
    cc: process.arch === "arm64" ? "gcc" : "aarch64-linux-gnu-gcc",
    flags: [...FLAGS, "-mno-outline-atomics"],
  },
};

/** @param {string} target */
function targetOf(target) {
  const found = TARGETS[target];
  if (found === undefined) throw new Failure(`no target ${target}; there are ${Object.keys(TARGETS).join(", ")}`);
  return found;
}

/** @param {string} file absolute */
function sha256(file) {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** C files and headers, relative to the root, sorted: the order is part of the output's bytes. */
function sources() {
  return listFiles(SOURCES, /\.[ch]$/);
}

/**
 * @param {string} command
 * @param {readonly string[]} args
 */
async function firstLine(command, args) {
  const { code, stdout, stderr } = await capture(command, args);
  if (code !== 0) throw new Failure(`${command} ${args.join(" ")}: ${stderr.trim()}`);
  return /** @type {string} */ (stdout.split("\n")[0]); // a split has at least one part
}

/**
 * @param {string} target
 * @returns {Promise<{ compiler: string, linker: string }>} the exact versions of what is installed here
 */
async function tools(target) {
  const { cc } = targetOf(target);
  return { compiler: await firstLine(cc, ["--version"]), linker: await firstLine(cc, ["-Wl,--version"]) };
}

/**
 * @param {string} cc
 * @param {readonly string[]} flags
 * @param {string} output absolute
 */
async function compile(cc, flags, output) {
  const files = sources().filter((path) => path.endsWith(".c"));
  if (!existsSync(HEADERS)) throw new Failure(`${HEADERS} is missing; npm ci installs it`);
  mkdirSync(dirname(output), { recursive: true });
  await must(cc, [...flags, `-ffile-prefix-map=${ROOT}=.`, `-I${HEADERS}`, "-o", output, ...files]);
  chmodSync(output, 0o644);
}

/** @returns {Record<string, Entry>} */
function readManifest() {
  return existsSync(MANIFEST) ? JSON.parse(readFileSync(MANIFEST, "utf8")) : {};
}

/**
 * @param {string} target
 * @param {string} file absolute
 * @returns {Promise<Entry>}
 */
async function describe(target, file) {
  return {
    sha256: sha256(file),
    sizeBytes: readFileSync(file).length,
    ...(await tools(target)),
    flags: targetOf(target).flags,
    sources: Object.fromEntries(sources().map((path) => [path.slice(SOURCES.length + 1), sha256(join(ROOT, path))])),
  };
}

/** @param {readonly string[]} targets */
async function buildTargets(targets) {
  const manifest = readManifest();
  for (const target of targets) {
    const { cc, flags } = targetOf(target);
    const file = join(ROOT, PREBUILDS, target, "ebpf.node");
    // Renamed into place: a process that has the old file mapped keeps it.
    await compile(cc, flags, `${file}.new`);
    renameSync(`${file}.new`, file);
    const entry = await describe(target, file);
    manifest[target] = entry;
    console.log(`${PREBUILDS}/${target}/ebpf.node: ${entry.sizeBytes} bytes, sha256 ${entry.sha256}`);
  }
  const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
  writeFileSync(MANIFEST, `${JSON.stringify(sorted, undefined, 2)}\n`);
}

/**
 * Runs the addon's compiled tests on another file than the prebuilt one.
 * @param {string} tests folder, relative to the root or absolute
 * @param {string} addon absolute
 * @param {Record<string, string>} [env]
 */
async function testAddon(tests, addon, env = {}) {
  const files = listFiles(tests.replace(`${ROOT}/`, ""), /\/native[^/]*\.test\.js$/);
  if (files.length === 0) throw new Failure(`no native*.test.js in ${tests}; npm run build compiles the tests`);
  const code = await run(process.execPath, ["--test", "--test-concurrency=1", "--test-timeout=300000", ...files], {
    env: { EBPF_TS_ADDON: addon, ...env },
  });
  if (code !== 0) throw new Failure(`the addon's tests ended with exit code ${code}`);
}

/**
 * @param {readonly string[]} targets
 * @param {string} tests
 * @param {string} folder for what is built
 */
async function verifyTargets(targets, tests, folder) {
  const manifest = readManifest();
  for (const target of targets) {
    const { cc, flags } = targetOf(target);
    const committed = join(ROOT, PREBUILDS, target, "ebpf.node");
    const stated = manifest[target];
    if (stated === undefined) throw new Failure(`${MANIFEST} has no entry ${target}; the build command makes it`);
    if (sha256(committed) !== stated.sha256) throw new Failure(`${committed} is not the file that the manifest states`);
    const rebuilt = join(folder, target, "ebpf.node");
    await compile(cc, flags, rebuilt);
    const entry = await describe(target, rebuilt);
    for (const part of /** @type {const} */ (["sources", "flags"])) {
      if (!isDeepStrictEqual(entry[part], stated[part])) {
        throw new Failure(`${target}: ${part} are not those that the committed file was built from; build it again`);
      }
    }
    if (entry.compiler === stated.compiler && entry.linker === stated.linker) {
      if (entry.sha256 !== stated.sha256) {
        throw new Failure(`${target}: the sources give ${entry.sha256}, the committed file is ${stated.sha256}`);
      }
      console.log(`${target}: the sources give the committed file, byte for byte`);
    } else if (target === HOST) {
      console.log(
        `${target}: built by ${stated.compiler}, here is ${entry.compiler}; running the tests on what it gives`,
      );
      await testAddon(tests, rebuilt);
    } else {
      console.log(`${target}: built by ${stated.compiler}, here is ${entry.compiler}; it compiles, bytes not compared`);
    }
  }
}

/**
 * @param {string} tests
 * @param {string} folder for what is built
 */
async function sanitize(tests, folder) {
  const { cc, flags } = targetOf(HOST);
  const addon = join(folder, "ebpf.node");
  // Undefined behaviour traps, which needs no library; the address sanitizer's is preloaded into node.
  const sanitizers = [
    "-fsanitize=address,undefined",
    "-fsanitize-undefined-trap-on-error",
    "-g",
    "-fno-omit-frame-pointer",
  ];
  await compile(cc, [...flags.filter((flag) => flag !== "-s"), ...sanitizers], addon);
  const library = await firstLine(cc, ["-print-file-name=libasan.so"]);
  if (!library.startsWith("/")) throw new Failure(`${cc} has no libasan.so`);
  let failure;
  try {
    await testAddon(tests, addon, {
      LD_PRELOAD: library,
      ASAN_OPTIONS: `detect_leaks=1:abort_on_error=1:log_path=${join(folder, "report")}`,
      LSAN_OPTIONS: "exitcode=0",
    });
  } catch (error) {
    failure = error;
  }
  const reports = readdirSync(folder).filter((name) => name.startsWith("report"));
  const faults = reports.flatMap((name) => faultsOf(readFileSync(join(folder, name), "utf8")));
  for (const fault of faults) console.error(fault);
  if (failure !== undefined) throw failure;
  if (faults.length > 0) throw new Failure(`the sanitizer reports ${faults.length} faults, see above`);
  console.log("no fault of memory, no undefined behaviour, no leak of the addon's");
}

/**
 * Picks out of a sanitizer's report what concerns the addon: every error, and those leaks whose memory it asked for itself.
 * Node.js leaves some of its own at its end.
 * @param {string} report
 */
function faultsOf(report) {
  if (!report.includes("LeakSanitizer")) return [report];
  const leaks = report.split(/\n\n+/).filter((part) => /(Direct|Indirect) leak of/.test(part));
  return leaks.filter((leak) => leak.split("\n").some((line) => /^ *#1 .*packages\/ebpf\/native\//.test(line)));
}

/** @param {(folder: string) => Promise<void>} work */
async function inTemporaryFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), "ebpf-addon-"));
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string[]} argv */
async function main(argv) {
  let parsed;
  try {
    parsed = parseArgs({
      args: argv,
      allowPositionals: true,
      options: {
        target: { type: "string", multiple: true },
        tests: { type: "string", default: "packages/ebpf/dist/sys" },
      },
    });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const { positionals, values } = parsed;
  const isKnown = (values.target ?? []).every((target) => target in TARGETS);
  switch (positionals.length === 1 && isKnown ? positionals[0] : "") {
    case "build":
      return buildTargets(values.target ?? [HOST]);
    case "verify":
      return inTemporaryFolder((folder) =>
        verifyTargets(values.target ?? Object.keys(readManifest()), values.tests, folder),
      );
    case "asan":
      return inTemporaryFolder((folder) => sanitize(values.tests, folder));
    default:
      console.error(USAGE);
      process.exitCode = 2;
  }
}

await main(process.argv.slice(2)).catch(fail);
