// @ts-check
// Compiles the packages and the tests and bundles the tools, but only what is older than its sources.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, run } from "./child.mjs";
import { listFiles, ROOT, stampOf } from "./files.mjs";

/**
 * Builds what is older than its sources; compilers' words go to stderr.
 * @param {"packages" | "all"} part all leaves nothing out; packages is what the tools need to run
 */
export async function build(part) {
  const packages = stampOf([
    ...listFiles("packages"),
    ...["package-lock.json", "tsconfig.base.json", "scripts/compile.mjs", "scripts/bundle.mjs"],
  ]);
  await step("packages", packages, async () => {
    await compile("packages/ebpf", "packages/tools");
    removeStale("packages/ebpf/src", "packages/ebpf/dist");
    removeStale("packages/tools/src", "packages/tools/build");
    const { bundleTools } = await import("./bundle.mjs"); // esbuild's start is only paid when there is work
    await bundleTools();
  });
  if (part === "packages") return;
  await step(
    "test",
    packages + stampOf([...listFiles("test"), ...listFiles("testdata"), ...listFiles("examples")]),
    async () => {
      await compile("examples", "test");
      removeStale("test", "build/test");
    },
  );
}

/**
 * Does a step when its inputs differ from those of the last time it succeeded.
 * @param {string} name
 * @param {string} stamp state of all inputs
 * @param {() => Promise<void>} work
 */
async function step(name, stamp, work) {
  const file = join(ROOT, `build/${name}.stamp`);
  const isMade = name === "test" || existsSync(join(ROOT, "packages/tools/dist/package.json"));
  if (isMade && existsSync(file) && readFileSync(file, "utf8") === stamp) return;
  rmSync(file, { force: true });
  await work();
  mkdirSync(join(ROOT, "build"), { recursive: true });
  writeFileSync(file, stamp);
}

/** @param {string[]} projects folders with a tsconfig.json */
async function compile(...projects) {
  const tsc = join(ROOT, "node_modules/.bin/tsc");
  const code = await run(tsc, ["--build", "--stopBuildOnErrors", ...projects], { stdout: "stderr" });
  if (code !== 0) throw new Failure("the build stopped at the errors above");
}

/**
 * Removes what the compiler made of sources that are gone: a stale module could be imported, tested, or published.
 * @param {string} sources
 * @param {string} outputs
 */
function removeStale(sources, outputs) {
  const made = new Set(listFiles(sources, /\.ts$/).map((path) => path.slice(sources.length, -".ts".length)));
  for (const path of listFiles(outputs, /\.(js|d\.ts)$/)) {
    if (!made.has(path.slice(outputs.length).replace(/\.(js|d\.ts)$/, ""))) rmSync(join(ROOT, path));
  }
}
