// @ts-check
// Every export of a package, and every public member of an exported class, has a doc comment that says more than its name.
// Read off the source text, line by line, which formatting makes regular.

const DECLARATION =
  /^export (?:default )?(?:declare )?(?:abstract )?(?:async )?(?:function\*?|class|const|let|interface|type) +([\w$]+)/;
const MODIFIERS = "(?:(?:static|readonly|async|abstract|declare|public|get|accessor) +)*";
const MEMBER = new RegExp(`^  ${MODIFIERS}\\*?([\\w$]+)[?!]?(?:[(<:;]| =|$)`);
/** Members that need none: hidden ones, those that a base class documents, and the second of a pair. */
const EXEMPT_MEMBER = /^ {2}(?:private|protected|static \{|override|#|set |(?:static |async )*\*?\[)/;
/** Words that say nothing, in a sentence that has only the name's words beside them. */
const EMPTY_WORDS = new Set(["a", "an", "the", "of", "is", "this", "that", "for", "its"]);

/**
 * Checks the doc comments of sources.
 * @param {ReadonlyMap<string, string>} files text of each TypeScript source by its path from the root
 * @returns {string[]} a line for each declaration without a good one
 */
export function checkDocs(files) {
  return [...files].flatMap(([path, text]) => checkFile(path, text.split("\n")));
}

/**
 * @param {string} path
 * @param {readonly string[]} lines
 */
function checkFile(path, lines) {
  const problems = [];
  let isInClass = false;
  let overloaded = "";
  for (const [index, line] of lines.entries()) {
    const place = `${path}:${index + 1}`;
    const name = DECLARATION.exec(line)?.[1];
    if (name !== undefined) {
      isInClass = /^export (default )?(declare )?(abstract )?class\b/.test(line) && !line.endsWith("}");
      // Of a function's overloads the first carries the comment.
      if (name !== overloaded) problems.push(...checkDoc(place, name, lines, index));
      overloaded = line.includes("function") ? name : "";
    } else if (line.startsWith("}")) {
      isInClass = false;
    } else if (isInClass && !EXEMPT_MEMBER.test(line)) {
      const member = MEMBER.exec(line)?.[1];
      const isBareConstructor = /^ {2}constructor\(\)/.test(line);
      if (member !== undefined && !isBareConstructor) problems.push(...checkDoc(place, member, lines, index));
    }
  }
  return problems;
}

/**
 * @param {string} place
 * @param {string} name of what is declared at a line
 * @param {readonly string[]} lines
 * @param {number} index of that line
 */
function checkDoc(place, name, lines, index) {
  const doc = docBefore(lines, index);
  if (doc === undefined) return [`${place}: ${name} has no doc comment`];
  const words = wordsOf(/^[\s\S]*?(?:\.(?=\s|$)|$)/.exec(doc)?.[0] ?? "");
  const nameWords = new Set(wordsOf(name.replaceAll(/([a-z\d])([A-Z])/g, "$1 $2")));
  const isBare = words.every((word) => EMPTY_WORDS.has(word) || nameWords.has(word));
  return isBare && !doc.startsWith("@") ? [`${place}: the doc comment of ${name} repeats its name`] : [];
}

/**
 * The text of the doc comment that ends on the line before, without its stars.
 * @param {readonly string[]} lines
 * @param {number} index
 */
function docBefore(lines, index) {
  let start = index - 1;
  if (!lines[start]?.trimEnd().endsWith("*/")) return undefined;
  while (start >= 0 && !lines[start]?.trimStart().startsWith("/*")) start--;
  if (!lines[start]?.trimStart().startsWith("/**")) return undefined;
  const text = lines.slice(start, index).join("\n");
  return text
    .replaceAll(/^\s*\/\*\*|\*\/\s*$/g, "")
    .replaceAll(/^\s*\* ?/gm, "")
    .trim();
}

/** @param {string} text */
function wordsOf(text) {
  return text.toLowerCase().match(/[a-z\d]+/g) ?? [];
}
