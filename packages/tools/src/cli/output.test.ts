import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { Output } from "./output.ts";

/** More than a pipe holds. */
const LARGE = "0123456789abcde\n".repeat(16 * 1024);

function unexpected(error: NodeJS.ErrnoException): void {
  throw error;
}

function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "output-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A pipe with both ends in this process. */
function openPipe(t: TestContext): { readEnd: number; writeEnd: number } {
  const path = join(temporaryFolder(t), "pipe");
  execFileSync("mkfifo", [path]);
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writeEnd = openSync(path, "w");
  t.after(() => closeSync(writeEnd));
  return { readEnd, writeEnd };
}

/** Reads what is there now. */
function readAll(fd: number): string {
  const bytes = Buffer.alloc(1 << 16);
  let text = "";
  for (;;) {
    try {
      const length = readSync(fd, bytes);
      if (length === 0) return text;
      text += bytes.toString("latin1", 0, length);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EAGAIN") return text;
      throw error;
    }
  }
}

test("a file gets the bytes at once, one for each latin1 character", (t) => {
  const path = join(temporaryFolder(t), "file");
  const fd = openSync(path, "w");
  const output = new Output(fd, unexpected);
  output.write("a\xff\n", "latin1");
  output.write("\u00ff\n", "utf8");
  assert.deepEqual(readFileSync(path), Buffer.from("61ff0ac3bf0a", "hex"));
  output.close();
  closeSync(fd);
});

test("a full pipe doesn't block: the rest is kept, in order, and written when there is room", async (t) => {
  const { readEnd, writeEnd } = openPipe(t);
  const output = new Output(writeEnd, unexpected);
  output.write(LARGE, "latin1");
  output.write("last\n", "latin1");
  assert.equal(output.isBlocked, true);
  assert.ok(output.pendingBytes > 0 && output.pendingBytes < LARGE.length);
  let isFlushed = false;
  const flushed = output.flush().then(() => {
    isFlushed = true;
  });
  let text = "";
  while (!isFlushed) {
    text += readAll(readEnd);
    await sleep(1);
  }
  await flushed;
  assert.equal(text + readAll(readEnd), `${LARGE}last\n`);
  assert.equal(output.isBlocked, false);
  output.close();
  closeSync(readEnd);
});

test("the description that others share stays a blocking one", (t) => {
  const { readEnd, writeEnd } = openPipe(t);
  new Output(writeEnd, unexpected).close();
  const flags = /flags:\s*0(\d+)/.exec(readFileSync(`/proc/self/fdinfo/${writeEnd}`, "utf8"))?.[1] ?? "";
  assert.equal(Number.parseInt(flags, 8) & constants.O_NONBLOCK, 0);
  closeSync(readEnd);
});

test("waiting for a reader ends after its time, and when the output is closed", async (t) => {
  const { readEnd, writeEnd } = openPipe(t);
  const output = new Output(writeEnd, unexpected);
  output.write(LARGE, "latin1");
  await output.flush(5);
  assert.equal(output.isBlocked, true);
  const flushed = output.flush();
  output.close();
  await flushed;
  assert.equal(output.isBlocked, false);
  closeSync(readEnd);
});

test("a reader that has gone is told once, and writing goes on without effect", (t) => {
  const { readEnd, writeEnd } = openPipe(t);
  const codes: (string | undefined)[] = [];
  const output = new Output(writeEnd, (error) => codes.push(error.code));
  closeSync(readEnd);
  output.write("a\n", "latin1");
  output.write("b\n", "latin1");
  assert.deepEqual(codes, ["EPIPE"]);
  assert.equal(output.isBlocked, false);
  output.close();
});

test("a full disk is told", () => {
  const fd = openSync("/dev/full", "w");
  const codes: (string | undefined)[] = [];
  const output = new Output(fd, (error) => codes.push(error.code));
  output.write("a\n", "latin1");
  assert.deepEqual(codes, ["ENOSPC"]);
  output.close();
  closeSync(fd);
});

test("a socket takes everything, however late it is read", async () => {
  const script = `
    const { Output } = await import(${JSON.stringify(new URL("./output.js", import.meta.url).href)});
    const output = new Output(1, (error) => { throw error; });
    for (let i = 0; i < 100; i++) output.write("0123456789abcde\\n".repeat(1000), "latin1");
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    await output.flush();
    clearInterval(timer);
    output.write("turns " + (turns > 0) + "\\n", "latin1");
    await output.flush();
    output.close();`;
  // Node.js gives its children sockets where it says pipes.
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await sleep(400);
  let text = "";
  for await (const chunk of child.stdout.setEncoding("latin1")) text += chunk;
  assert.equal(text, `${"0123456789abcde\n".repeat(100_000)}turns true\n`);
});

test("a socket whose reader has gone is told as a pipe is", async () => {
  const script = `
    const { Output } = await import(${JSON.stringify(new URL("./output.js", import.meta.url).href)});
    const { writeSync } = await import("node:fs");
    const output = new Output(1, (error) => writeSync(2, error.code));
    await new Promise((resolve) => process.stdin.once("end", resolve).resume());
    output.write("a\\n", "latin1");
    output.close();`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdout.destroy();
  child.stdin.end();
  let text = "";
  for await (const chunk of child.stderr.setEncoding("latin1")) text += chunk;
  assert.equal(text, "EPIPE");
});
