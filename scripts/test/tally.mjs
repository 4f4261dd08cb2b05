// @ts-check
// What a run of tests came to, and how several are told as one.

/**
 * @typedef {{ file: string, name: string, reason: string }} Skip
 * @typedef {{ passed: number, failed: number, skipped: number, skips: Skip[], complaints: string[], leftOut: string[] }} Tally
 *   complaints are failures that no test reported; what is left out did not run, with the reason
 */

/** @returns {Tally} */
export function emptyTally() {
  return { passed: 0, failed: 0, skipped: 0, skips: [], complaints: [], leftOut: [] };
}

/**
 * The tally of a check that passes or fails as a whole.
 * @param {boolean} hasPassed
 * @param {string} complaint what to say when it has not
 * @returns {Tally}
 */
export function tallyOf(hasPassed, complaint) {
  return hasPassed ? { ...emptyTally(), passed: 1 } : { ...emptyTally(), failed: 1, complaints: [complaint] };
}

/**
 * The tally of a kind that could not run.
 * @param {string} reason
 * @returns {Tally}
 */
export function leftOut(reason) {
  return { ...emptyTally(), leftOut: [reason] };
}

/**
 * @param {readonly Tally[]} tallies
 * @returns {Tally}
 */
export function sum(tallies) {
  return {
    passed: tallies.reduce((total, tally) => total + tally.passed, 0),
    failed: tallies.reduce((total, tally) => total + tally.failed, 0),
    skipped: tallies.reduce((total, tally) => total + tally.skipped, 0),
    skips: tallies.flatMap((tally) => tally.skips),
    complaints: tallies.flatMap((tally) => tally.complaints),
    leftOut: tallies.flatMap((tally) => tally.leftOut),
  };
}

/**
 * The closing line that programs read.
 * @param {Tally} tally
 */
export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
