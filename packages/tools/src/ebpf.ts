#!/usr/bin/env node
/**
 * The command `ebpf`: runs the tool that its first argument names. All of it is on the way to the first event, so it imports
 * nothing that it can do without, and each tool is a bundle of its own.
 */
import nodeModule, { createRequire } from "node:module";

/** The tools with a line about each, in the order of the alphabet; the bundler fills it in. */
declare const EBPF_TOOLS: Readonly<Record<string, string>>;
/** Version of the package; the bundler fills it in. */
declare const EBPF_VERSION: string;

/** What the bundle of a tool exports. */
interface Tool {
  /** Runs the tool to its end. @returns the exit code */
  main(argv: readonly string[]): Promise<number>;
}

function usage(): string {
  const names = Object.keys(EBPF_TOOLS);
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => `  ${name.padEnd(width)}  ${EBPF_TOOLS[name]}`.trimEnd());
  return `usage: ebpf TOOL [flags]\n       ebpf TOOL --help\n\n${lines.join("\n")}\n`;
}

/**
 * Keeps V8's code of the bundles in a folder of the package, where Node.js can. Never in a shared one: the tools run as root
 * and would run what somebody else put there.
 */
function cacheCode(load: NodeJS.Require): void {
  const enable = "enableCompileCache" in nodeModule ? nodeModule.enableCompileCache : undefined;
  if (typeof enable === "function") enable(load.resolve("./package.json").replace("package.json", ".cache"));
}

async function run(name: string | undefined, argv: readonly string[]): Promise<number> {
  if (name === "--help" || name === "-h") {
    process.stdout.write(usage());
    return 0;
  }
  if (name === "--version") {
    process.stdout.write(`${EBPF_VERSION}\n`);
    return 0;
  }
  if (name === undefined || !Object.hasOwn(EBPF_TOOLS, name)) {
    process.stderr.write(name === undefined ? usage() : `ebpf: no tool "${name}"; \`ebpf --help\` lists them\n`);
    return 2;
  }
  const load = createRequire(import.meta.url);
  cacheCode(load);
  // Each bundle is made from a main.ts, which exports `main` of this type by the package's convention.
  const tool = load(`./${name}.js`) as Tool;
  return await tool.main(argv);
}

run(process.argv[2], process.argv.slice(3)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    process.stderr.write(`ebpf: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
