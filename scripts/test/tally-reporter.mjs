// @ts-check
// A reporter of node:test that writes one line of JSON at the end: counts, skips with their reasons, and what ran them.
// It stands beside the `spec` reporter, and runs in guests too, so it imports nothing of the project.
import { release } from "node:os";

/** @param {AsyncIterable<{ type: string, data: any }>} events */
export default async function* tallyReporter(events) {
  /** @type {Record<string, number>} */
  const counts = {};
  const skips = [];
  for await (const { type, data } of events) {
    if (type === "test:diagnostic" && data.nesting === 0) {
      const count = /^(tests|pass|fail|cancelled|skipped) (\d+)$/.exec(data.message);
      if (count !== null) counts[count[1] ?? ""] = Number(count[2]);
    }
    if (type === "test:pass" && data.skip !== undefined) {
      const reason = typeof data.skip === "string" ? data.skip : "";
      skips.push({ file: data.file ?? "", name: data.name, reason });
    }
  }
  yield `${JSON.stringify({ counts, skips, kernel: release(), node: process.versions.node })}\n`;
}
