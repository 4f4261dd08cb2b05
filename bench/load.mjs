// @ts-check
// W1: reads one object and loads all its programs, in process. Usage: node load.mjs OBJ
import { loadCollection, readObject } from "ebpf-ts";
import { milliseconds, printResult } from "./result.mjs";

/** @param {string} path */
async function measure(path) {
  const start = performance.now();
  const spec = await readObject(path);
  const parsed = performance.now();
  const collection = await loadCollection(spec);
  const loaded = performance.now();
  const progs = collection.programs.size;
  collection.close();
  return {
    progs,
    parse_ms: milliseconds(parsed - start),
    load_ms: milliseconds(loaded - parsed),
    total_ms: milliseconds(loaded - start),
  };
}

await printResult(() => measure(process.argv[2] ?? ""));
