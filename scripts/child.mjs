// @ts-check
// Child processes of the scripts: a command's exit code, its output, or an error that names it.
import { spawn } from "node:child_process";
import { ROOT } from "./files.mjs";

/**
 * Runs a command in the repository's root to its end; it has no standard input.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ stdout?: "inherit" | "stderr" | "ignore", env?: Record<string, string | undefined> }} [options] where its
 *   standard output goes (default: ours), and variables added to ours
 * @returns {Promise<number>} its exit code; 127 when it can't be started, 128 + 15 when a signal ended it
 */
export function run(command, args, options = {}) {
  const stdout = options.stdout === "stderr" ? 2 : (options.stdout ?? "inherit");
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: ROOT,
      stdio: ["ignore", stdout, "inherit"],
      env: { ...process.env, ...options.env },
    });
    child.on("error", (error) => {
      console.error(`${command}: ${error.message}`);
      resolve(127);
    });
    child.on("close", (code) => resolve(code ?? 143));
  });
}

/**
 * Runs a command and keeps what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function capture(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ["ignore", "pipe", "pipe"] });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text) => {
      stderr += text;
    });
    child.on("error", (error) => resolve({ code: 127, stdout, stderr: error.message }));
    child.on("close", (code) => resolve({ code: code ?? 143, stdout, stderr }));
  });
}

/** A failure that has been told in full; scripts print it without a stack. */
export class Failure extends Error {}

/**
 * Runs a command that must succeed.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export async function must(command, args, options) {
  const code = await run(command, args, options);
  if (code !== 0) throw new Failure(`${command} ${args.join(" ")}: exit code ${code}`);
}

/**
 * Ends a script: prints a {@link Failure} in one line and any other error whole.
 * @param {unknown} error
 */
export function fail(error) {
  console.error(error instanceof Failure ? error.message : error);
  process.exitCode = 1;
}
