// @ts-check
// From the driver's lines to medians and ratios, and to text.

/**
 * @typedef {import("./workloads.mjs").Part} Part
 * @typedef {{ name: string, out?: Record<string, unknown> | null, [key: string]: unknown }} Run one line of the driver
 * @typedef {{ n: number, min: number, median: number, max: number }} Spread
 * @typedef {{ runs: number, failed: number, error?: string, figures: Record<string, Spread>, ratios: Record<string, Record<string, number>> }} Summary
 *   of one entry: figures of the runs that succeeded; for ours, by figure, its median divided by each peer's, and under
 *   `FIGURE less node` the same after an empty Node's median is taken off
 */

/** Figures that are less the better, and so may be compared; others are counts. */
const IS_COST = /_(ms|ns|kb|us_per_exec)$/;
/** Figures that hold a whole process, Node's own start included. */
const WITH_START = new Set(["wall_ms", "cpu_ms", "first_event_ms", "cpu_to_first_ms"]);

/** Whether a line is of a run that did what it should. @param {Run} run */
function isGood(run) {
  if ("ok" in run) return run.ok === 1;
  return "seen" in run || (run.status === 0 && run.out?.error === undefined);
}

/**
 * @param {Run} run
 * @param {string} figure
 */
function figureOf(run, figure) {
  const value = run[figure] ?? run.out?.[figure];
  return typeof value === "number" ? value : undefined;
}

/** @param {readonly number[]} values at least one @returns {Spread} */
function spreadOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  /** @param {number} position */
  const at = (position) => sorted[Math.floor(position)] ?? 0;
  const last = sorted.length - 1;
  return { n: sorted.length, min: at(0), median: (at(last / 2) + at((last + 1) / 2)) / 2, max: at(last) };
}

/**
 * Sums up the runs of a part.
 * @param {Part} part
 * @param {readonly Run[]} runs
 * @returns {Map<string, Summary>} by entry, in the part's order
 */
export function summarize(part, runs) {
  /** @type {Map<string, Summary>} */
  const summaries = new Map();
  for (const { name } of part.entries) {
    const own = runs.filter((run) => run.name === name);
    const good = own.filter(isGood);
    const error = own.find((run) => run.out?.error !== undefined)?.out?.error;
    /** @type {Record<string, Spread>} */
    const figures = {};
    for (const figure of part.figures) {
      const values = good.flatMap((run) => figureOf(run, figure) ?? []);
      if (values.length > 0) figures[figure] = spreadOf(values);
    }
    summaries.set(name, {
      runs: own.length,
      failed: own.length - good.length,
      ...(typeof error === "string" ? { error } : {}),
      figures,
      ratios: {},
    });
  }
  for (const entry of part.entries) {
    const summary = summaries.get(entry.name);
    if (summary !== undefined && isOurs(entry.name)) summary.ratios = ratiosOf(part, summaries, entry);
  }
  return summaries;
}

/** @param {string} name */
function isOurs(name) {
  return name.startsWith("ours");
}

/** @param {string} name */
function isPeer(name) {
  return !isOurs(name) && !name.includes("/") && name !== "none" && name !== "true";
}

/**
 * @param {Part} part
 * @param {ReadonlyMap<string, Summary>} summaries
 * @param {import("./workloads.mjs").Entry} entry
 */
function ratiosOf(part, summaries, entry) {
  const peers = part.entries.map(({ name }) => name).filter(isPeer);
  /** @param {string} name @param {string} figure */
  const median = (name, figure) => summaries.get(name)?.figures[figure]?.median;
  /** @type {Record<string, Record<string, number>>} */
  const ratios = {};
  /** @param {string} title @param {string} figure @param {number} ours */
  const compare = (title, figure, ours) => {
    const pairs = peers.flatMap((peer) => {
      const theirs = median(peer, figure);
      return theirs === undefined || theirs === 0 ? [] : [[peer, round(ours / theirs)]];
    });
    if (pairs.length > 0) ratios[title] = Object.fromEntries(pairs);
  };
  for (const figure of part.figures) {
    const ours = median(entry.name, figure);
    const floor = median(entry.floor ?? "", figure);
    if (ours === undefined || !IS_COST.test(figure)) continue;
    compare(figure, figure, ours);
    if (floor !== undefined && WITH_START.has(figure)) compare(lessNode(figure), figure, ours - floor);
  }
  return ratios;
}

/** @param {string} figure */
function lessNode(figure) {
  return `${figure} less node`;
}

/** Three significant digits, or all before the point. @param {number} value */
function round(value) {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/**
 * A table for each figure: a row an entry, then how ours stand to each peer.
 * @param {Part} part
 * @param {ReadonlyMap<string, Summary>} summaries
 */
export function formatSummary(part, summaries) {
  const width = Math.max(...part.entries.map(({ name }) => name.length));
  const lines = [];
  for (const figure of part.figures) {
    lines.push(`${part.id} ${figure}`);
    for (const [name, { figures, ratios }] of summaries) {
      const spread = figures[figure];
      if (spread === undefined) continue;
      const { median, min, max, n } = spread;
      lines.push(
        `  ${name.padEnd(width)}  ${String(round(median)).padStart(8)}  (${round(min)} to ${round(max)}, n=${n})`.trimEnd(),
      );
      for (const key of [figure, lessNode(figure)]) {
        const list = Object.entries(ratios[key] ?? {}).map(([peer, ratio]) => `${peer} x ${ratio}`);
        if (list.length > 0)
          lines.push(`  ${"".padEnd(width)}  ${key === figure ? "is" : "less node is"} ${list.join(", ")}`);
      }
    }
  }
  for (const [name, { failed, runs, error }] of summaries) {
    if (failed > 0)
      lines.push(`${part.id} ${name}: ${failed} of ${runs} runs failed${error === undefined ? "" : `: ${error}`}`);
  }
  return lines.join("\n");
}
