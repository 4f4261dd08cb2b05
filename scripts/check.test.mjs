// @ts-check
// The checks find what they are for: small bad trees, and good ones beside them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkDocs } from "./check-docs.mjs";
import { checkLayers } from "./check-layers.mjs";
import { checkStyle } from "./check-style.mjs";

/**
 * Texts by path, where a path without a package is the library's.
 * @param {Record<string, string>} files
 */
const tree = (files) =>
  new Map(
    Object.entries(files).map(([path, text]) => [path.includes("src/") ? path : `packages/ebpf/src/${path}`, text]),
  );

test("a module may import its own folder, lower layers and errors.ts", () => {
  const files = {
    "errors.ts": "export class EbpfError extends Error {}",
    "bytes/reader.ts": 'import { EbpfError } from "../errors.ts";',
    "elf/symbol.ts": 'import { Reader } from "../bytes/reader.ts";',
    "elf/file.ts": 'import type { Symbol } from "./symbol.ts";\nimport {\n  Reader,\n} from "../bytes/reader.ts";',
    "sys/native.ts": 'import { createRequire } from "node:module";\nconst load = createRequire(import.meta.url);',
    "index.ts": 'export { decode } from "./elf/file.ts";\nexport { native } from "./sys/native.ts";',
    "core.ts": 'export { decode } from "./elf/file.ts";',
    "packages/tools/src/execsnoop/main.ts":
      'import { attach } from "ebpf-ts";\nimport { columns } from "../cli/columns.ts";',
  };
  assert.deepEqual(checkLayers(tree(files)), []);
});

test("imports upward, sideways and across packages are breaches", () => {
  const breach = (/** @type {Record<string, string>} */ files) => checkLayers(tree(files)).join("\n");
  assert.match(
    breach({ "elf/file.ts": 'import { load } from "../collection/collection.ts";' }),
    /upward, from elf \(layer 1\)/,
  );
  assert.match(breach({ "elf/file.ts": 'import type { Instruction } from "../asm/instruction.ts";' }), /sideways/);
  assert.match(breach({ "elf/file.ts": 'export { exit } from "../asm/jump.ts";' }), /sideways/);
  assert.match(breach({ "link/xdp.ts": 'const { x } = await import("../index.ts");' }), /entry point/);
  assert.match(breach({ "core.ts": 'export { native } from "./sys/native.ts";' }), /above 3/);
  assert.match(breach({ "widgets/a.ts": "" }), /has no layer/);
  assert.match(
    breach({ "map/map.ts": 'import { x } from "../../../tools/src/cli/columns.ts";' }),
    /outside of the library/,
  );
  assert.match(breach({ "map/map.ts": 'import { x } from "./map.test-support.ts";' }), /for tests/);
  assert.match(breach({ "map/map.ts": 'import lodash from "lodash";' }), /no dependency/);
  assert.match(
    breach({ "packages/tools/src/a/main.ts": 'import { x } from "ebpf-ts/dist/map/map.js";' }),
    /public entry/,
  );
  assert.match(breach({ "packages/tools/src/a/main.ts": 'import { x } from "../b/format.ts";' }), /its folder and cli/);
});

test("what browsers lack is a breach in layers 0 to 3, but not in their tests or comments", () => {
  assert.match(checkLayers(tree({ "btf/spec.ts": 'import { open } from "node:fs";' })).join(), /run in browsers/);
  assert.match(checkLayers(tree({ "btf/spec.ts": "const bytes = Buffer.from([]);" })).join(), /uses Buffer/);
  assert.match(checkLayers(tree({ "asm/x.ts": "if (process.arch) {}" })).join(), /uses process/);
  assert.match(checkLayers(tree({ "asm/x.ts": 'require("./a.js");' })).join(), /uses require/);
  assert.deepEqual(
    checkLayers(
      tree({
        "asm/x.ts": '// a Buffer\n/** process */ const a = "Buffer"; a.process; f({ process: 1 }); t.require("a");',
      }),
    ),
    [],
  );
  assert.deepEqual(checkLayers(tree({ "asm/x.test.ts": 'import { test } from "node:test";\nBuffer.from([]);' })), []);
  assert.match(checkLayers(tree({ "map/map.ts": "createRequire(import.meta.url)" })).join(), /loads an addon/);
});

test("a circle of imports is told once, with its way", () => {
  const files = {
    "map/a.ts": 'import "./b.ts";',
    "map/b.ts": 'import { c } from "./c.ts";',
    "map/c.ts": 'export { a } from "./a.ts";',
  };
  const circle = ["a", "b", "c", "a"].map((name) => `packages/ebpf/src/map/${name}.ts`).join(" imports ");
  assert.deepEqual(checkLayers(tree(files)), [`circle: ${circle}`]);
  const types = { "map/a.ts": 'import type { B } from "./b.ts";', "map/b.ts": 'import { a } from "./a.ts";' };
  assert.deepEqual(checkLayers(tree(types)), []);
});

test("an export without a doc comment, or with one that repeats its name, is found", () => {
  const problems = (/** @type {string} */ text) => checkDocs(tree({ "map/map.ts": text }));
  assert.match(problems("export function decode(): void {}").join(), /decode has no doc comment/);
  assert.match(problems("/* Decodes. */\nexport const decode = 1;").join(), /decode has no doc comment/);
  assert.match(problems("/** The map offset. */\nexport const mapOffset = 1;").join(), /repeats its name/);
  assert.match(
    problems("/**\n * The offset.\n * @param a x\n */\nexport function offset() {}").join(),
    /repeats its name/,
  );
  assert.deepEqual(problems("/** Distance to the jump's target, in slots. */\nexport const offset = 1;"), []);
  assert.deepEqual(
    problems("/** Opens. */\nexport function open(a: 1): void;\nexport function open(a: unknown): void {}"),
    [],
  );
  assert.deepEqual(problems('export { a } from "./a.ts";\nconst inner = 1;\nfunction f() {}'), []);
});

test("public members of an exported class need doc comments; hidden and overriding ones do not", () => {
  const inClass = (/** @type {string} */ body) =>
    checkDocs(tree({ "map/map.ts": `/** Holds a descriptor. */\nexport class Map {\n${body}\n}` }));
  assert.match(inClass("  readonly fd: number;").join(), /map.ts:3: fd has no doc/);
  assert.match(inClass("  get(key: Key): Value {\n    return 1;\n  }").join(), /get has no doc/);
  assert.match(inClass("  static async open<T>(fd: T) {\n  }").join(), /open has no doc/);
  assert.match(inClass("  constructor(fd: number) {}").join(), /constructor has no doc/);
  assert.deepEqual(
    inClass("  #fd = 1;\n  private x = 2;\n  override name = 1;\n  [Symbol.dispose](): void {\n    this.close();\n  }"),
    [],
  );
  assert.deepEqual(
    inClass("  /** Closes the descriptor; a second call does nothing. */\n  close(): void {\n    if (a) return;\n  }"),
    [],
  );
});

test("long files, names without a subject, and what Node.js 20 lacks are found", () => {
  const problems = (/** @type {Record<string, string>} */ files) => checkStyle(tree(files)).join("\n");
  assert.match(problems({ "map/map.ts": "\n".repeat(601) }), /601 lines/);
  assert.equal(problems({ "map/map.gen.ts": "\n".repeat(601) }), "");
  assert.match(problems({ "map/utils.ts": "" }), /name the file's subject/);
  assert.match(problems({ "map/index.ts": "" }), /package's entry/);
  assert.match(problems({ "map/map.ts": "using stack = new DisposableStack();" }), /DisposableStack/);
  assert.match(problems({ "map/map.ts": "for (const x of a.values().map(f)) g(x);" }), /iterator helpers/);
  assert.equal(problems({ "map/map.ts": "[...a.values()].map(f);" }), "");
});
