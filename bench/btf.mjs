// @ts-check
// W7: kernel BTF, in process.
//   node btf.mjs NAMES        looks every name up, one by one, and decodes all types of it
//   node btf.mjs --names N    prints about N names, evenly spaced over the kernel's types, as "KIND NAME"
import { readFileSync } from "node:fs";
import { kernelBtf } from "ebpf-ts";
import { milliseconds, printResult } from "./result.mjs";

/** Kinds that a list of names has, by the word that stands for them. @type {Readonly<Record<string, string>>} */
const WORDS = { struct: "struct", union: "union", typedef: "typedef", enum: "enum", function: "func" };

/** @param {string} path of a list of names */
function measure(path) {
  const names = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(" ")[1] ?? "");
  const start = performance.now();
  const types = kernelBtf();
  const loaded = performance.now();
  let found = 0;
  let first = 0;
  for (const name of names) {
    const ids = types.idsByName(name);
    for (const id of ids) types.typeById(id);
    if (ids.length > 0) found++;
    if (first === 0) first = performance.now();
  }
  const end = performance.now();
  return {
    lookups: names.length,
    found,
    load_ms: milliseconds(loaded - start),
    first_lookup_ms: milliseconds(first - loaded),
    lookups_ms: milliseconds(end - loaded),
    total_ms: milliseconds(end - start),
    rss_kb: process.resourceUsage().maxRSS,
  };
}

/** @param {number} wanted */
function listNames(wanted) {
  const types = kernelBtf();
  const names = [];
  for (let id = types.firstId; id < types.typeCount; id++) {
    const type = types.typeById(id);
    const word = WORDS[type.kind];
    if (word !== undefined && type.name !== "") names.push(`${word} ${type.name}`);
  }
  const step = Math.max(1, Math.floor(names.length / wanted));
  return names.filter((_, position) => position % step === 0).slice(0, wanted);
}

if (process.argv[2] === "--names") console.log(listNames(Number(process.argv[3])).join("\n"));
else await printResult(() => measure(process.argv[2] ?? ""));
