// @ts-check
// Rules of layout that no other tool has, and what does not exist on the oldest Node.js that we support.

const MAX_LINES = 600;
/** Made by tools, or tables: as long as what they list. */
const EXEMPT_LENGTH = /\.(gen|bpf)\.ts$|\/table\.ts$/;
const NO_SUBJECT = /(^|\/)(utils?|helpers?|common|misc|shared)\.m?[tj]s$/;
/** What Node.js 20 lacks, and what to write instead. @type {[RegExp, string][]} */
const MISSING = [
  [/\b(Async)?DisposableStack\b/, "DisposableStack: declare with `using`, or close in `finally`"],
  [
    /\.(values|keys|entries)\(\)\s*\.(map|filter|take|drop|flatMap|reduce|toArray|forEach|some|every|find)\(/,
    "iterator helpers: spread into an array first, or loop",
  ],
  [/\bIterator\.from\(/, "Iterator.from: loop"],
  [/\bPromise\.(withResolvers|try)\(/, "Promise.withResolvers and Promise.try: write `new Promise`"],
  [/\b(Array\.fromAsync|(Object|Map)\.groupBy)\(/, "Array.fromAsync and groupBy: loop"],
];

/**
 * Checks the layout of sources.
 * @param {ReadonlyMap<string, string>} files text of each source by its path from the root
 * @returns {string[]} a line for each breach
 */
export function checkStyle(files) {
  return [...files].flatMap(([path, text]) => {
    const lines = text.split("\n").length - 1;
    const problems = [];
    if (lines > MAX_LINES && !EXEMPT_LENGTH.test(path))
      problems.push(`${path}: ${lines} lines; split it by subject at ${MAX_LINES}`);
    if (NO_SUBJECT.test(path)) problems.push(`${path}: name the file's subject`);
    if (/^packages\/[^/]+\/src\/.+\/index\.ts$/.test(path))
      problems.push(`${path}: index.ts is for a package's entry alone`);
    for (const [pattern, instead] of MISSING) {
      if (pattern.test(text)) problems.push(`${path}: Node.js 20 has no ${instead}`);
    }
    return problems;
  });
}
