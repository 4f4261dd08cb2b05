// @ts-check
// `npm start [-- flags]`: installs and builds what is missing, then runs execsnoop with the flags.
import { createRequire } from "node:module";
import { join } from "node:path";
import "./node-floor.mjs";

try {
  const { ensureBuilt } = await import("./ensure.mjs"); // after the floor: an older Node.js could not read it
  await ensureBuilt("packages");
  const { ROOT } = await import("./files.mjs");
  // In this process: signals, standard streams and the exit code are the tool's own with nothing between.
  const launcher = join(ROOT, "packages/tools/dist/ebpf.js");
  process.argv.splice(1, 1, launcher, "execsnoop");
  createRequire(import.meta.url)(launcher);
} catch (error) {
  const { fail } = await import("./child.mjs");
  fail(error);
}
