import assert from "node:assert/strict";
import { test } from "node:test";
import { WallClock } from "../cli/clock.ts";
import type { ExecEvent } from "./events.ts";
import { type TextOptions, textFormat } from "./format.ts";

const clock = new WallClock();
clock.observe(new Date(2026, 10, 21, 4, 23, 49).getTime(), 0);

const OPTIONS: TextOptions = {
  hasTime: false,
  hasTimestamp: false,
  hasUid: false,
  hasDirectory: false,
  envNames: [],
  isQuoted: false,
  startUs: 1_000_000,
  clock,
};

const EVENT: ExecEvent = {
  timeUs: 2_500_000,
  pid: 573609,
  ppid: 46917,
  uid: 1000,
  ret: 0,
  comm: "ls",
  argv: ["ls", "--color=auto", "-lah"],
  hasMoreArgs: false,
  isTruncated: false,
  interpreter: undefined,
  cwd: undefined,
  env: undefined,
};

function row(options: Partial<TextOptions>, event: Partial<ExecEvent> = {}): string {
  return textFormat({ ...OPTIONS, ...options }).row({ ...EVENT, ...event });
}

test("titles and rows are those of the C tool's printf formats", () => {
  assert.equal(textFormat(OPTIONS).titles(), "PCOMM            PID    PPID   RET ARGS\n");
  assert.equal(row({}), "ls               573609 46917    0 ls --color=auto -lah \n");
  assert.equal(row({}, { ret: -2, pid: 1 }), "ls               1      46917   -2 ls --color=auto -lah \n");
});

test("more arguments are told after the blank of the last", () => {
  assert.equal(row({}, { hasMoreArgs: true }), "ls               573609 46917    0 ls --color=auto -lah  ...\n");
});

test("the titles of all three columns are where the Go tool has them, and the values below them", () => {
  const all = { hasTime: true, hasTimestamp: true, hasUid: true };
  assert.equal(
    textFormat({ ...OPTIONS, ...all }).titles(),
    "TIME     TIME(s)  UID    PCOMM            PID    PPID   RET ARGS\n",
  );
  assert.equal(row(all), "04:23:51 1.500    1000   ls               573609 46917    0 ls --color=auto -lah \n");
});

test("quotes set arguments apart, and what would break them is escaped as the C tool does", () => {
  const argv = ["/bin/x", "a b", 'q"q', "t\tt\nn", "\\", ""];
  assert.equal(
    row({ isQuoted: true }, { argv }),
    'ls               573609 46917    0 "/bin/x" "a b" "q\\"q" "t\\tt\\nn" "\\" "" \n',
  );
});

test("the working directory and variables have columns before the arguments", () => {
  const options = { hasDirectory: true, envNames: ["HOME", "TERM"] };
  assert.equal(
    textFormat({ ...OPTIONS, ...options }).titles(),
    "PCOMM            PID    PPID   RET CWD                  HOME             TERM             ARGS\n",
  );
  assert.equal(
    row(options, { cwd: "/tmp", env: ["HOME=/root"] }),
    "ls               573609 46917    0 /tmp                 /root            -                ls --color=auto -lah \n",
  );
});
