import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

const MARK = "seen-by-npm-start";

test("npm start gives nothing but JSON on stdout: each line is an exec", { timeout: 120_000 }, async () => {
  const npm = spawn("npm", ["start", "--silent", "--", "--json", "--duration", "5"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  npm.stdout.on("data", (bytes: Buffer) => {
    output += bytes.toString();
  });
  let messages = "";
  npm.stderr.on("data", (bytes: Buffer) => {
    messages += bytes.toString();
  });
  const run = promisify(execFile);
  const execs = setInterval(() => void run("/bin/true", [MARK]).catch(() => {}), 100);
  const code = await new Promise((resolve) => npm.once("close", resolve));
  clearInterval(execs);
  if (process.getuid?.() !== 0) {
    // Whoever may not trace is told what is missing, and that isn't data.
    assert.equal(code, 1);
    assert.equal(output, "");
    assert.match(messages, /CAP_/);
    return;
  }
  assert.equal(code, 0, messages);
  const events = output
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { argv: string[]; pid: number; ret: number });
  assert.ok(events.some(({ argv }) => argv[1] === MARK));
  for (const { argv, pid, ret } of events) {
    assert.ok(Array.isArray(argv));
    assert.equal(typeof pid, "number");
    assert.equal(ret, 0);
  }
});
