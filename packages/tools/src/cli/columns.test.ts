import assert from "node:assert/strict";
import { test } from "node:test";
import { type Column, formatRow, formatTitles } from "./columns.ts";

const COLUMNS: readonly Column<{ name: string; ret: number }>[] = [
  { title: "NAME", width: 6, align: "left", text: (row) => row.name },
  { title: "RET", width: 3, align: "right", text: (row) => String(row.ret) },
];

test("titles and values are padded as printf's %-6s %3d does, and never cut", () => {
  assert.equal(formatTitles(COLUMNS), "NAME   RET");
  assert.equal(formatRow(COLUMNS, { name: "ls", ret: -2 }), "ls      -2");
  assert.equal(formatRow(COLUMNS, { name: "longer-than-6", ret: 1000 }), "longer-than-6 1000");
});

test("an empty first value keeps its place", () => {
  assert.equal(formatRow(COLUMNS, { name: "", ret: 0 }), "         0");
});
