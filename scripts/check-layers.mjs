// @ts-check
// Who may import whom. A module of the library imports from its own folder or from a lower layer, never sideways or upward,
// and nothing imports in a circle; the layers that browsers run touch nothing that browsers lack.
import { dirname, join } from "node:path";

const LIBRARY = "packages/ebpf/src/";
const TOOLS = "packages/tools/src/";

/** The layer of each folder of the library. `errors.ts` lies below them all. @type {Record<string, number>} */
const LAYERS = {
  ...{ bytes: 0, elf: 1, asm: 1, btf: 2, object: 3 },
  ...{ sys: 4, kernel: 5, map: 6, program: 6, stream: 6 },
  ...{ collection: 7, ringbuf: 7, perf: 7, pin: 7, link: 8 },
};
/** Highest layer that an entry point re-exports. @type {Record<string, number>} */
const ENTRIES = { "index.ts": 8, "core.ts": 3 };
/** Up to this layer the library runs in a browser. */
const PURE = 3;
/** What browsers lack: a word that no dot precedes and no colon follows, or a call with nothing left of a string. */
const NODE_GLOBAL = /(?<![.\w$])(?:(Buffer|process|__dirname|__filename|setImmediate)\b(?!\s*\??:)|(require)\(\s*\))/;

/** @typedef {{ specifier: string, isType: boolean }} Import */

/**
 * Checks the import graph of the packages.
 * @param {ReadonlyMap<string, string>} files text of each TypeScript source by its path from the root
 * @returns {string[]} a line for each breach
 */
export function checkLayers(files) {
  const graph = new Map([...files].map(([path, text]) => [path, importsOf(text)]));
  const breaches = [...graph].flatMap(([path, imports]) => {
    if (path.startsWith(LIBRARY)) return checkLibraryModule(path, imports, files.get(path) ?? "");
    if (path.startsWith(TOOLS)) return checkToolsModule(path, imports);
    return [];
  });
  return [...breaches, ...findCycles(graph)];
}

/**
 * @param {string} path
 * @param {readonly Import[]} imports
 * @param {string} text
 */
function checkLibraryModule(path, imports, text) {
  const place = placeOf(path);
  if (place === undefined) return [`${path}: its folder has no layer in scripts/check-layers.mjs`];
  const isTest = /\.(test|test-support)\.ts$/.test(path);
  const breaches = imports.flatMap(({ specifier }) => {
    const problem = specifier.startsWith(".")
      ? checkRelative(path, place, specifier, isTest)
      : checkBare(place, specifier, isTest);
    return problem === undefined ? [] : [`${path}: imports ${specifier}: ${problem}`];
  });
  const code = withoutCommentsAndStrings(text);
  const nodeGlobal = !isTest && place.layer <= PURE ? NODE_GLOBAL.exec(code) : null;
  if (nodeGlobal !== null)
    breaches.push(`${path}: uses ${nodeGlobal[1] ?? nodeGlobal[2]}, which browsers lack; this is layer ${place.layer}`);
  if (!isTest && place.folder !== "sys" && /\bcreateRequire\b|\bdlopen\b/.test(code)) {
    breaches.push(`${path}: loads an addon, which is for packages/ebpf/src/sys alone`);
  }
  return breaches;
}

/**
 * @param {string} path
 * @param {{ folder: string, layer: number }} place
 * @param {string} specifier
 * @param {boolean} isTest
 * @returns {string | undefined} what is wrong
 */
function checkRelative(path, place, specifier, isTest) {
  const target = join(dirname(path), specifier);
  if (!target.startsWith(LIBRARY)) return "lies outside of the library";
  if (!isTest && /\.(test|test-support)\.ts$/.test(target)) return "is for tests";
  const other = placeOf(target);
  if (other === undefined) return "has no layer";
  if (other.folder in ENTRIES) return "is an entry point, for users of the package alone";
  if (other.folder === place.folder || other.layer < place.layer) return undefined;
  if (place.folder in ENTRIES)
    return other.layer <= place.layer ? undefined : `is of layer ${other.layer}, above ${place.layer}`;
  const direction = other.layer === place.layer ? "sideways" : "upward";
  return `${direction}, from ${place.folder} (layer ${place.layer}) to ${other.folder} (layer ${other.layer})`;
}

/**
 * @param {{ folder: string, layer: number }} place
 * @param {string} specifier
 * @param {boolean} isTest
 */
function checkBare(place, specifier, isTest) {
  if (isTest) return undefined;
  if (!specifier.startsWith("node:")) return "the library has no dependency";
  return place.layer <= PURE ? `layers 0 to ${PURE} run in browsers` : undefined;
}

/**
 * The folder and layer of a module of the library.
 * @param {string} path
 * @returns {{ folder: string, layer: number } | undefined}
 */
function placeOf(path) {
  const inLibrary = path.slice(LIBRARY.length);
  const folder = inLibrary.split("/")[0] ?? "";
  if (/^errors(\.test)?\.ts$/.test(inLibrary)) return { folder: "errors.ts", layer: -1 };
  const layer = LAYERS[folder] ?? ENTRIES[folder];
  return layer === undefined ? undefined : { folder, layer };
}

/**
 * @param {string} path
 * @param {readonly Import[]} imports
 */
function checkToolsModule(path, imports) {
  const folder = path.slice(TOOLS.length).split("/")[0] ?? "";
  return imports.flatMap(({ specifier }) => {
    if (!specifier.startsWith(".")) {
      const isDeep = /^ebpf-ts\/(?!core$)/.test(specifier);
      return isDeep ? [`${path}: imports ${specifier}: tools use the library's public entry alone`] : [];
    }
    const target = join(dirname(path), specifier);
    if (!target.startsWith(TOOLS)) return [`${path}: imports ${specifier}: lies outside of the package`];
    const other = target.slice(TOOLS.length).split("/")[0] ?? "";
    return other === folder || other === "cli"
      ? []
      : [`${path}: imports ${specifier}: a tool imports its folder and cli alone`];
  });
}

/**
 * What a module imports or re-exports.
 * @param {string} text
 * @returns {Import[]}
 */
function importsOf(text) {
  const code = text.replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
  const statement =
    /^\s*(?:import|export)\b(\s+type\b)?(?:[^;"'`]*?\bfrom)?\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']/gm;
  return Array.from(code.matchAll(statement), ([, type, named, loaded]) => ({
    specifier: named ?? loaded ?? "",
    isType: type !== undefined,
  }));
}

/** @param {string} text */
function withoutCommentsAndStrings(text) {
  return text.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.)*`/gm, "");
}

/**
 * @param {ReadonlyMap<string, readonly Import[]>} graph
 * @returns {string[]} each circle once, from its first module in the order of the alphabet
 */
function findCycles(graph) {
  const found = new Set();
  const done = new Set();
  const visit = (/** @type {string} */ path, /** @type {string[]} */ trail) => {
    const start = trail.indexOf(path);
    if (start >= 0) {
      const circle = trail.slice(start);
      const first = circle.indexOf([...circle].sort()[0] ?? "");
      found.add([...circle.slice(first), ...circle.slice(0, first), circle[first]].join(" imports "));
      return;
    }
    if (done.has(path)) return;
    for (const { specifier, isType } of graph.get(path) ?? []) {
      const target = join(dirname(path), specifier);
      // Types alone are gone before anything is loaded.
      if (!isType && specifier.startsWith(".") && graph.has(target)) visit(target, [...trail, path]);
    }
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return Array.from(found, (circle) => `circle: ${circle}`);
}
