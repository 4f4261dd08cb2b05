import assert from "node:assert/strict";
import { test } from "node:test";
import { UsageError } from "../cli/flags.ts";
import { helpText, type Options, parseOptions } from "./flags.ts";

function parse(...argv: string[]): Options {
  const options = parseOptions(argv);
  assert.ok(typeof options === "object");
  return options;
}

test("the defaults are the original's", () => {
  const options = parse();
  assert.equal(options.maxArgs, 20);
  assert.equal(options.hasFailed || options.isJson || options.hasTime || options.hasFullArgs, false);
  assert.equal(options.uid, undefined);
});

test("the C tool's flags are understood, together too", () => {
  const options = parse("-TtxqU", "-u", "1000", "-n", "sh", "-l", "--color", "--max-args=60", "-c", "/a");
  assert.deepEqual(
    [options.hasTime, options.hasTimestamp, options.hasFailed, options.isQuoted, options.hasUid],
    [true, true, true, true, true],
  );
  assert.deepEqual(
    [options.uid, options.name, options.line, options.maxArgs, options.cgroup],
    [1000, "sh", "--color", 60, "/a"],
  );
});

test("the Go tool's words are understood after one dash", () => {
  const options = parse("-time", "-timestamp", "-print-uid");
  assert.deepEqual([options.hasTime, options.hasTimestamp, options.hasUid], [true, true, true]);
});

test("all arguments are shown in full unless fewer are asked for", () => {
  assert.equal(parse("--full-args").maxArgs, Number.POSITIVE_INFINITY);
  assert.equal(parse("--full-args", "--max-args", "3").maxArgs, 3);
});

test("times are in seconds, sizes in KiB", () => {
  assert.equal(parse("--duration", "0.5").durationMs, 500);
  assert.equal(parse("--buffer", "64").bufferBytes, 65536);
});

test("a variable asked for twice is shown once", () => {
  assert.deepEqual(parse("--env", "A", "--env", "B", "--env", "A").envNames, ["A", "B"]);
});

test("values out of range and of the wrong form are refused", () => {
  const bad = [
    ["-u", "bob"],
    ["-u", "-1"],
    ["-u", "4294967295"],
    ["--ppid", "x"],
    ["--ppid", "2147483648"],
    ["--max-args", "0"],
    ["--max-args", "61"],
    ["--duration", "0"],
    ["--duration", "1s"],
    ["--duration", "99999999"],
    ["--max-events", "0"],
    ["--buffer", "3"],
    ["--buffer", "48"],
    ["--env", "A=1"],
    ["--cgroup", ""],
    ["--bogus"],
    ["-m", "5"],
    ["file"],
  ];
  for (const argv of bad) assert.throws(() => parseOptions(argv), UsageError, argv.join(" "));
  assert.equal(parse("-u", "4294967294").uid, 4294967294);
});

test("help and version are asked for by all their names", () => {
  assert.deepEqual(
    ["-h", "--help"].map((word) => parseOptions([word])),
    ["help", "help"],
  );
  assert.deepEqual(
    ["-V", "--version"].map((word) => parseOptions([word])),
    ["version", "version"],
  );
});

test("the help names each flag and stays within 120 columns", () => {
  const help = helpText();
  for (const name of ["--time", "-T", "--full-args", "--env NAME", "--buffer KIB", "--explain", "--version"]) {
    assert.ok(help.includes(name), name);
  }
  assert.ok(help.split("\n").every((line) => line.length <= 120));
});
