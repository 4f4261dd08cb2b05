import assert from "node:assert/strict";
import { test } from "node:test";
import { explainHooks } from "./explain.ts";

const PLAIN = { hasFailed: false, hasFullArgs: false, hasDirectory: false, envNames: [] };

test("each hook that is used is named, and no other", () => {
  assert.match(explainHooks(PLAIN), /^raw tracepoint sched_process_exec: /);
  assert.doesNotMatch(explainHooks(PLAIN), /sys_enter|once more/);
  assert.match(explainHooks({ ...PLAIN, hasFailed: true }), /sys_enter_execve, .*32-bit/s);
  assert.match(explainHooks({ ...PLAIN, hasDirectory: true, envNames: ["A"] }), /reads environment, working directory/);
});
