import assert from "node:assert/strict";
import { test } from "node:test";
import { FormatError } from "../errors.ts";
import { onlineCpus, parseCpuList, possibleCpuCount } from "./cpus.ts";

test("a CPU list is numbers and ranges", () => {
  assert.deepEqual(parseCpuList("0-3\n"), [0, 1, 2, 3]);
  assert.deepEqual(parseCpuList("   0-2,5"), [0, 1, 2, 5]);
  assert.deepEqual(parseCpuList("0,2,4-5,7-9"), [0, 2, 4, 5, 7, 8, 9]);
});

test("what is no CPU list is an error that names the part", () => {
  for (const text of ["", "-2,5", "2-@,5", "-", "3-1", "0x1", "1,,2"]) {
    assert.throws(() => parseCpuList(text), FormatError, text);
  }
  assert.throws(() => parseCpuList("0,2-@"), /found "2-@"/);
});

test("this machine has at least as many possible CPUs as run", () => {
  assert.ok(possibleCpuCount() >= onlineCpus().length);
});
