// @ts-check
// The test files of each kind, by name, and where the compiler puts them.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { listFiles, ROOT } from "../files.mjs";

const PROPERTY = /\.property\.test\.ts$/;
const TEST = /(?<!\.property)\.test\.ts$/;
/** Tests of the addon and of what stands on it alone; they run on every Node.js and processor. */
const ADDON = /^packages\/ebpf\/src\/sys\/.*\.test\.ts$|^test\/kernel\/(addon|native)[^/]*\.kernel\.test\.ts$/;

/** Tests of single modules, which lie beside them. */
export const unitTests = () => [...listFiles("packages", TEST), ...listFiles("scripts", /\.test\.mjs$/)];
/** Tests that make up their inputs. */
export const propertyTests = () => [...listFiles("packages", PROPERTY), ...listFiles("test", PROPERTY)];
/** Tests against the answers of other programs. */
export const conformanceTests = () => [...listFiles("test/conformance", TEST), ...listFiles("test/package", TEST)];
/** Tests that enter the kernel. */
export const kernelTests = () => listFiles("test/kernel", /\.kernel\.test\.ts$/);
/** The addon's tests. */
export const addonTests = () => [...unitTests(), ...kernelTests()].filter((path) => ADDON.test(path));

/**
 * Where the compiler puts the module made of a source.
 * @param {string} source relative to the root; one that isn't compiled is its own module
 * @returns {string}
 */
export function compiledPath(source) {
  if (!source.endsWith(".ts")) return source;
  const project = source.startsWith("test/") ? "test" : source.split("/").slice(0, 2).join("/");
  const { rootDir, outDir } = JSON.parse(readFileSync(join(ROOT, project, "tsconfig.json"), "utf8")).compilerOptions;
  const inProject = source.slice(join(project, rootDir).length);
  return join(project, outDir, inProject.replace(/\.ts$/, ".js"));
}
