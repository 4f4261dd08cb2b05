// @ts-check
// Installs and builds what is missing, and nothing else; what it prints goes to stderr.
import { ensureInstalled } from "./install.mjs";

/**
 * Installs, then builds what is older than its sources.
 * @param {"packages" | "all"} part what `npm start` needs, or the tests too
 */
export async function ensureBuilt(part) {
  await ensureInstalled();
  const { build } = await import("./compile.mjs"); // imports what was installed just now
  await build(part);
}
