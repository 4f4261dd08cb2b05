import assert from "node:assert/strict";
import { test } from "node:test";
import { type Flag, formatFlags, parseFlags, UsageError } from "./flags.ts";

const FLAGS: readonly Flag[] = [
  { name: "time", short: "T", hasGoName: true, help: "time of day" },
  { name: "timestamp", short: "t", hasGoName: true, help: "seconds" },
  { name: "name", short: "n", value: "NAME", help: "a name" },
  { name: "env", value: "NAME", isRepeatable: true, help: "a variable" },
];

function refuses(argv: readonly string[], message: RegExp): void {
  assert.throws(
    () => parseFlags(FLAGS, argv),
    (error) => error instanceof UsageError && message.test(error.message),
  );
}

test("one-letter flags stand together, and the last may have its value in the same word or the next", () => {
  const together = parseFlags(FLAGS, ["-Ttnbash"]);
  assert.equal(together.has("time") && together.has("timestamp"), true);
  assert.equal(together.get("name"), "bash");
  assert.equal(parseFlags(FLAGS, ["-n", "bash"]).get("name"), "bash");
});

test("a long flag has its value after = or in the next word, and the value may begin with a dash", () => {
  assert.equal(parseFlags(FLAGS, ["--name=a=b"]).get("name"), "a=b");
  assert.equal(parseFlags(FLAGS, ["--name", "--color"]).get("name"), "--color");
  assert.equal(parseFlags(FLAGS, ["--name="]).get("name"), "");
});

test("the last value counts, and all of a flag that can be repeated", () => {
  const values = parseFlags(FLAGS, ["-na", "-nb", "--env", "A", "--env", "B"]);
  assert.equal(values.get("name"), "b");
  assert.deepEqual(values.all("env"), ["A", "B"]);
});

test("the beginning of a long name is enough when no other begins so, and a whole name always", () => {
  assert.equal(parseFlags(FLAGS, ["--na", "x"]).get("name"), "x");
  assert.equal(parseFlags(FLAGS, ["--time"]).has("timestamp"), false);
  refuses(["--tim"], /ambiguous flag --tim: --time, --timestamp/);
});

test("Go's long name after one dash is the long flag, not a row of letters", () => {
  const values = parseFlags(FLAGS, ["-timestamp"]);
  assert.equal(values.has("timestamp"), true);
  assert.equal(values.has("time"), false);
});

test("wrong command lines are refused in words that name the place", () => {
  refuses(["--bogus"], /unknown flag --bogus/);
  refuses(["-z"], /unknown flag -z$/);
  refuses(["-Tz"], /unknown flag -z in -Tz/);
  refuses(["-n"], /-n wants a value: -n NAME/);
  refuses(["--time=1"], /--time takes no value, found "1"/);
  refuses(["word"], /unexpected argument "word"/);
  refuses(["--", "-T"], /unexpected argument "-T"/);
  refuses(["-"], /unexpected argument "-"/);
});

test("a whole number is read to the last digit and within its range", () => {
  const number = (text: string): number | undefined => parseFlags(FLAGS, ["-n", text]).wholeNumber("name", 0, 60);
  assert.equal(number("60"), 60);
  assert.equal(parseFlags(FLAGS, []).wholeNumber("name", 0, 60), undefined);
  for (const bad of ["61", "-1", "1x", "", "1e1", " 1", "0x1", "1.0"]) {
    assert.throws(() => number(bad), UsageError, bad);
  }
});

test("the help has names and descriptions in two columns", () => {
  assert.equal(
    formatFlags(FLAGS),
    "  -T, --time       time of day\n  -t, --timestamp  seconds\n  -n, --name NAME  a name\n      --env NAME   a variable\n",
  );
});
