// @ts-check
// The workloads: which programs run beside each other in each, and which of their figures count.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../scripts/files.mjs";

/**
 * @typedef {{ label: string, binary: string }} NodeUnderTest a Node.js, named by its version
 * @typedef {{ nodes: readonly NodeUnderTest[], peers: string | undefined }} Bench what was asked for
 * @typedef {{ name: string, command: readonly string[], floor?: string }} Entry one program; `floor` names the entry whose
 *   figures are an empty Node's, for entries of ours
 * @typedef {{ id: string, mode: "time" | "first" | "storm", figures: readonly string[], entries: readonly Entry[], rounds?: number }} Part
 *   one comparison: what the driver does, and which keys of its lines are told
 */

/** Folder of what the bench makes: the driver, lists of names, empty programs. */
export const BUILD = join(ROOT, "build/bench");

const WHOLE_PROCESS = ["wall_ms", "cpu_ms", "maxrss_kb"];
const TOOL = "packages/tools/dist/ebpf.js";
const OWN_OBJECT = "packages/tools/src/execsnoop/execsnoop.bpf.o";
/** Objects of the peers' folder, and whether aya loads them. */
const OBJECTS = [
  { name: "execsnoop", aya: false },
  { name: "mountsnoop", aya: false },
  { name: "bindsnoop", aya: true },
  { name: "many", aya: true },
];

/** @type {Readonly<Record<string, { title: string, parts: (bench: Bench) => Part[] }>>} */
export const WORKLOADS = {
  w0: { title: "floors: what this machine and Node.js cost without us", parts: floors },
  w1: { title: "from an object file to all its programs loaded", parts: loads },
  w2: { title: "execsnoop, from its start to the first event on a pty", parts: firstEvent },
  w7: { title: "kernel BTF: load, then 1,000 look-ups", parts: kernelTypes },
  w9: { title: "execsnoop beside a storm of execs", parts: storm },
};

/** @param {Bench} bench @returns {Part[]} */
function floors({ nodes, peers }) {
  const cjs = program("empty.cjs", "");
  const mjs = program("empty.mjs", "");
  const library = program("import.mjs", 'import "ebpf-ts";\n');
  const starts = nodes.flatMap(({ label, binary }) => [
    { name: `node-empty/${label}`, command: [binary, "-e", "0"] },
    { name: `node-empty-cjs/${label}`, command: [binary, cjs] },
    { name: `node-empty-mjs/${label}`, command: [binary, mjs] },
    { name: `ours-import/${label}`, command: [binary, library], floor: `node-empty-mjs/${label}` },
    { name: `ours-version/${label}`, command: [binary, TOOL, "--version"], floor: `node-empty-cjs/${label}` },
  ]);
  /** @type {Part[]} */
  const parts = [
    {
      id: "w0-start",
      mode: "time",
      figures: WHOLE_PROCESS,
      entries: [{ name: "true", command: ["/bin/true"] }, ...starts],
    },
  ];
  if (peers === undefined) return parts;
  const decode = ["bigint", "number", "number_comm_cached", "touch_only"].map((mode) => `decode_${mode}_ns`);
  const script = join(peers, "node-floor.mjs");
  return [
    ...parts,
    {
      id: "w0-kernel",
      mode: "time",
      figures: ["getppid_ns", "bpf_einval_ns", "memcpy_GBps", "btf_read_ms"],
      entries: [{ name: "floor", command: [join(peers, "build/c/floor")] }],
    },
    {
      id: "w0-javascript",
      mode: "time",
      figures: [...decode, "btf_read_ms", "btf_index_ids_ms", "btf_index_names_ms", "btf_lookups_ms", "rss_kb"],
      entries: nodes.map(({ label, binary }) => ({
        name: `plain-js/${label}`,
        command: [binary, script, namesFile(nodes, peers)],
      })),
    },
  ];
}

/** @param {Bench} bench @returns {Part[]} */
function loads({ nodes, peers }) {
  const empty = program("empty.mjs", "");
  /** @param {string} id @param {string} object @param {readonly Entry[]} others @returns {Part} */
  const part = (id, object, others) => ({
    id: `w1-${id}`,
    mode: "time",
    figures: ["total_ms", "parse_ms", "load_ms", ...WHOLE_PROCESS],
    entries: [
      ...nodes.flatMap(({ label, binary }) => [
        { name: `node-empty/${label}`, command: [binary, empty] },
        { name: `ours/${label}`, command: [binary, "bench/load.mjs", object], floor: `node-empty/${label}` },
      ]),
      ...others,
    ],
  });
  /** @param {string} object @param {boolean} aya @returns {Entry[]} */
  const loaders = (object, aya) => [
    ...peer("libbpf", peers, "build/c/load", object),
    ...peer("ebpf-go", peers, "build/go/load", object),
    ...peer("ebpf-go-bare", peers, "build/go/load", object, "bare"),
    ...(aya ? peer("aya", peers, "build/rust/load", object) : []),
  ];
  const own = join(ROOT, OWN_OBJECT);
  const parts = [part("own-execsnoop", own, loaders(own, false))];
  for (const { name, aya } of peers === undefined ? [] : OBJECTS) {
    const object = join(peers ?? "", `build/obj/${name}.bpf.o`);
    parts.push(part(name, object, loaders(object, aya)));
  }
  return parts;
}

/** @param {Bench} bench @returns {Part[]} */
function firstEvent({ nodes, peers }) {
  // The floor of any program on Node.js: one that prints the awaited line and does nothing else.
  const line = program("line.cjs", 'require("node:fs").writeSync(1, "/bin/true\\n");\n');
  return [
    {
      id: "w2",
      mode: "first",
      figures: ["first_event_ms", "cpu_to_first_ms", "stop_ms", "maxrss_kb"],
      entries: [
        ...nodes.flatMap(({ label, binary }) => [
          { name: `node-empty/${label}`, command: [binary, line] },
          { name: `ours/${label}`, command: [binary, TOOL, "execsnoop"], floor: `node-empty/${label}` },
        ]),
        ...tools(peers),
      ],
    },
  ];
}

/** @param {Bench} bench @returns {Part[]} */
function kernelTypes({ nodes, peers }) {
  const empty = program("empty.mjs", "");
  const names = namesFile(nodes, peers);
  return [
    {
      id: "w7",
      mode: "time",
      figures: ["load_ms", "lookups_ms", "total_ms", "found", "rss_kb", ...WHOLE_PROCESS],
      entries: [
        ...nodes.flatMap(({ label, binary }) => [
          { name: `node-empty/${label}`, command: [binary, empty] },
          { name: `ours/${label}`, command: [binary, "bench/btf.mjs", names], floor: `node-empty/${label}` },
        ]),
        ...peer("libbpf", peers, "build/c/btf", names),
        ...peer("ebpf-go", peers, "build/go/btf", names),
        ...peer("aya", peers, "build/rust/btf", names),
      ],
    },
  ];
}

/** @param {Bench} bench @returns {Part[]} */
function storm({ nodes, peers }) {
  return [
    {
      id: "w9",
      mode: "storm",
      figures: ["seen", "lost", "tool_cpu_us_per_exec", "tool_cpu_ms", "execs_per_s", "maxrss_kb"],
      rounds: 5,
      entries: [
        { name: "none", command: ["none"] },
        ...nodes.map(({ label, binary }) => ({ name: `ours/${label}`, command: [binary, TOOL, "execsnoop"] })),
        ...tools(peers),
      ],
    },
  ];
}

/** The peers' execsnoop, as far as there are any. @param {string | undefined} peers @returns {Entry[]} */
function tools(peers) {
  if (peers === undefined) return [];
  const c = process.env.C_EXECSNOOP ?? onPath("execsnoop");
  return [
    ...(c === undefined ? [] : [{ name: "c-execsnoop", command: [c] }]),
    ...peer("go-execsnoop", peers, "build/go/execsnoop"),
  ];
}

/**
 * An entry for one of the peers' programs; none when it isn't built.
 * @param {string} name
 * @param {string | undefined} peers
 * @param {string} path in the peers' folder
 * @param {readonly string[]} args
 * @returns {Entry[]}
 */
function peer(name, peers, path, ...args) {
  if (peers === undefined || !existsSync(join(peers, path))) return [];
  return [{ name, command: [join(peers, path), ...args] }];
}

/** @param {string} command */
function onPath(command) {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/bin"];
  return folders.map((folder) => join(folder, command)).find(existsSync);
}

/**
 * Writes a program into the bench's folder.
 * @param {string} name
 * @param {string} source
 * @returns {string} its path
 */
function program(name, source) {
  mkdirSync(BUILD, { recursive: true });
  const path = join(BUILD, name);
  writeFileSync(path, source);
  return path;
}

/**
 * The names that are looked up in kernel BTF: the peers' list, or one of ours.
 * @param {readonly NodeUnderTest[]} nodes
 * @param {string | undefined} peers
 */
function namesFile(nodes, peers) {
  const theirs = peers === undefined ? "" : join(peers, "build/obj/names.txt");
  if (existsSync(theirs)) return theirs;
  const binary = nodes[0]?.binary ?? process.execPath;
  return program(
    "names.txt",
    execFileSync(binary, [join(ROOT, "bench/btf.mjs"), "--names", "1000"], { encoding: "utf8" }),
  );
}
