import assert from "node:assert/strict";
import { test } from "node:test";
import { toByteString } from "./byte-string.ts";
import type { ExecEvent } from "./events.ts";
import { eventFilter, type FilterOptions } from "./filter.ts";

const EVENT: ExecEvent = {
  timeUs: 0,
  pid: 5,
  ppid: 4,
  uid: 0,
  ret: 0,
  comm: "true",
  argv: ["/bin/true", "first", toByteString("sec\u00f6nd")],
  hasMoreArgs: false,
  isTruncated: false,
  interpreter: undefined,
  cwd: undefined,
  env: undefined,
};

function passes(options: Partial<FilterOptions>): boolean {
  return eventFilter({ ppid: undefined, name: undefined, line: undefined, ...options })(EVENT);
}

test("without a filter everything passes", () => {
  assert.equal(passes({}), true);
});

test("a name is looked for in the process's name only, a line in path and arguments only", () => {
  assert.equal(passes({ name: "tru" }), true);
  assert.equal(passes({ name: "first" }), false);
  assert.equal(passes({ line: "first" }), true);
  assert.equal(passes({ line: "bin/tr" }), true);
  assert.equal(passes({ line: "true first" }), true);
  assert.equal(passes({ line: "missing" }), false);
});

test("a line is compared in bytes", () => {
  assert.equal(passes({ line: "\u00f6" }), true);
  assert.equal(passes({ line: "\u00e9" }), false);
});

test("a parent is compared by its whole number, and all filters must pass", () => {
  assert.equal(passes({ ppid: 4 }), true);
  assert.equal(passes({ ppid: 44 }), false);
  assert.equal(passes({ ppid: 4, name: "false" }), false);
});
