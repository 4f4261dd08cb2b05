import assert from "node:assert/strict";
import { test } from "node:test";
import { EbpfError, ErrorCode } from "../errors.ts";
import { SpecTable } from "./table.ts";

test("a part that is there is given, and a missing one is told with those there are", () => {
  const table = new SpecTable("map", [
    ["events", 1],
    ["counts", 2],
  ]);
  assert.equal(table.require("counts"), 2);
  assert.throws(
    () => table.require("event"),
    (error) =>
      error instanceof EbpfError &&
      error.code === ErrorCode.NotFound &&
      error.message === 'no map "event"; there are: "events", "counts"',
  );
});

test("an empty table says so", () => {
  assert.throws(() => new SpecTable("program").require("main"), /no program "main"; there are: none/);
});
