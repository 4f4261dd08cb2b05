// @ts-check
// Installs npm packages; what that prints goes to stderr.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { must } from "./child.mjs";
import { ROOT } from "./files.mjs";

/** Installs the npm packages when there are none, or older ones than package-lock.json names. */
export async function ensureInstalled() {
  const installed = join(ROOT, "node_modules/.package-lock.json"); // npm writes it last
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(join(ROOT, "package-lock.json")).mtimeMs) return;
  console.error("installing npm packages");
  await npm(["ci", "--no-audit", "--no-fund"]);
}

/**
 * Runs npm to its end; all that it prints goes to stderr.
 * @param {readonly string[]} args
 */
export async function npm(args) {
  // Under `npm --silent` it would inherit the silence, and an error would have no words.
  await must("npm", args, { stdout: "stderr", env: { npm_config_loglevel: "warn" } });
}
