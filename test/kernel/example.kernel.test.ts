import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { promisify } from "node:util";

const EXAMPLE = "build/examples/execs.js";
const OBJECT = "packages/tools/src/execsnoop/execsnoop.bpf.o";

test("the README shows the example as it is compiled and run here", () => {
  assert.ok(readFileSync("README.md", "utf8").includes(`\`\`\`ts\n${readFileSync("examples/execs.ts", "utf8")}\`\`\``));
});

test("the README's ten lines show an exec with its arguments", { timeout: 120_000 }, async () => {
  const example = spawn(process.execPath, [EXAMPLE, OBJECT], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = new Promise((resolve) => example.once("exit", resolve));
  const run = promisify(execFile);
  // Until the example is attached nothing is seen, and it doesn't say when it is.
  const execs = setInterval(() => void run("/bin/true", ["shown-by-the-example"]).catch(() => {}), 200);
  try {
    for await (const line of createInterface(example.stdout)) {
      if (!line.includes("shown-by-the-example")) continue;
      assert.match(line, /^\d+ \/bin\/true shown-by-the-example\s*$/);
      break;
    }
  } finally {
    clearInterval(execs);
    example.kill();
    await exited;
  }
});
