import assert from "node:assert/strict";
import { test } from "node:test";
import { WallClock } from "../cli/clock.ts";
import { toByteString } from "./byte-string.ts";
import type { ExecEvent } from "./events.ts";
import { formatJson, formatJsonLoss, type JsonOptions } from "./json.ts";

const clock = new WallClock();
clock.observe(Date.UTC(2026, 10, 21, 4, 23, 49), 0);

const OPTIONS: JsonOptions = { hasDirectory: false, envNames: [], clock };

const EVENT: ExecEvent = {
  timeUs: 12_345.678,
  pid: 5,
  ppid: 4,
  uid: 1000,
  ret: 0,
  comm: "true",
  argv: ["/bin/true", "a\nb", ""],
  hasMoreArgs: false,
  isTruncated: false,
  interpreter: undefined,
  cwd: undefined,
  env: undefined,
};

test("an event is one line with its keys in order, numbers as numbers and arguments as an array", () => {
  assert.equal(
    formatJson(EVENT, OPTIONS),
    '{"time":"2026-11-21T04:23:49.012845Z","pid":5,"ppid":4,"uid":1000,"comm":"true","ret":0,' +
      '"argv":["/bin/true","a\\nb",""],"truncated":false}\n',
  );
});

test("interpreter, folder and variables follow when they are there and asked for", () => {
  const event = { ...EVENT, interpreter: "/bin/sh", cwd: "/tmp", env: ["A=1", "B=2"] };
  assert.match(formatJson(event, OPTIONS), /"truncated":false,"interpreter":"\/bin\/sh"\}\n$/);
  assert.match(
    formatJson(event, { ...OPTIONS, hasDirectory: true, envNames: ["B", "C"] }),
    /"interpreter":"\/bin\/sh","cwd":"\/tmp","env":\{"B":"2"\}\}\n$/,
  );
});

test("text is UTF-8, and what is not becomes U+FFFD", () => {
  const argv = [toByteString("h\u00e9\u{1f41d}"), "\xff!"];
  assert.deepEqual(JSON.parse(formatJson({ ...EVENT, argv }, OPTIONS)).argv, ["h\u00e9\u{1f41d}", "\ufffd!"]);
});

test("a variable may have any name", () => {
  const line = formatJson({ ...EVENT, env: ["__proto__=x"] }, { ...OPTIONS, envNames: ["__proto__"] });
  assert.match(line, /"env":\{"__proto__":"x"\}/);
});

test("loss is a line with the count and the CPU", () => {
  assert.equal(formatJsonLoss(7, 1), '{"lost":7,"cpu":1}\n');
  assert.equal(formatJsonLoss(7, undefined), '{"lost":7,"cpu":null}\n');
});
