import assert from "node:assert/strict";
import { test } from "node:test";
import { EventAssembler, type EventOptions, type ExecEvent, findVariable } from "./events.ts";
import { decodeRecord, type ExecRecord } from "./record.ts";
import { RECORDS } from "./records.test-support.ts";

const PLAIN: EventOptions = { maxArgs: 20, hasFullArgs: false, hasEnv: false, hasDirectory: false };
const ALL: EventOptions = { maxArgs: Number.POSITIVE_INFINITY, hasFullArgs: true, hasEnv: true, hasDirectory: true };

function decode(hex: string): ExecRecord {
  const bytes = Buffer.from(hex, "hex");
  return decodeRecord(bytes, 0, bytes.length);
}

/** The event that the records, in their order, complete. */
function assemble(options: EventOptions, ...records: (string | ExecRecord)[]): ExecEvent {
  const assembler = new EventAssembler(options);
  const events = records.flatMap((record) => {
    return assembler.take(typeof record === "string" ? decode(record) : record) ?? [];
  });
  assert.equal(events.length, 1);
  return events[0] as ExecEvent;
}

/** The record of an exec of /bin/x with as many arguments as are given, of which so many were read. */
function execOf(args: readonly string[], changes: Partial<ExecRecord> = {}): ExecRecord {
  const data = ["/bin/x", ...args].map((word) => `${word}\0`).join("");
  return { ...decode(RECORDS.trueExec), argc: args.length, argsRead: args.length, data, ...changes };
}

test("the path stands in the place of the first argument, and an empty argument counts", () => {
  const event = assemble(PLAIN, RECORDS.trueExec);
  assert.deepEqual(event.argv, ["/bin/true", "a", "", "b"]);
  assert.equal(event.hasMoreArgs || event.isTruncated, false);
  assert.equal(event.interpreter, undefined);
});

test("a script's arguments are its own, and its interpreter is told apart", () => {
  const event = assemble(PLAIN, RECORDS.scriptExec);
  assert.deepEqual(event.argv, ["/tmp/demo/script", "one", "two"]);
  assert.equal(event.interpreter, "/bin/sh");
});

test("a script run by a script has all of their words before its own arguments", () => {
  const event = assemble(PLAIN, execOf(["/bin/sh", "/bin/outer", "-o", "/bin/x", "/bin/x"], { flags: 1 }));
  assert.deepEqual(event.argv, ["/bin/x", "/bin/x"]);
  assert.equal(event.interpreter, "/bin/sh");
});

test("an interpreter that leaves the path out leaves all arguments in", () => {
  const event = assemble(PLAIN, execOf(["/bin/qemu", "a"], { flags: 1 }));
  assert.deepEqual(event.argv, ["/bin/x", "a"]);
});

test("twenty arguments are all there are, of twenty-one the last is left out", () => {
  const words = Array.from({ length: 21 }, (_, index) => String(index));
  const twenty = assemble(PLAIN, execOf(words.slice(0, 20)));
  assert.deepEqual([twenty.argv.length, twenty.hasMoreArgs], [20, false]);
  const twentyOne = assemble(PLAIN, execOf(words));
  assert.deepEqual([twentyOne.argv.length, twentyOne.hasMoreArgs, twentyOne.isTruncated], [20, true, true]);
  assert.equal(twentyOne.argv.at(-1), "19");
});

test("a script's interpreter does not count among the twenty", () => {
  const words = Array.from({ length: 20 }, (_, index) => String(index));
  const event = assemble(PLAIN, execOf(["/bin/sh", "-e", "/bin/x", ...words.slice(1)], { flags: 1, argc: 22 }));
  assert.deepEqual([event.argv.length, event.hasMoreArgs], [20, false]);
});

test("a failed exec with one argument more than were read has more", () => {
  const event = assemble(PLAIN, execOf(["x"], { ret: -2, argc: 2, argsRead: 1 }));
  assert.deepEqual([event.argv.length, event.hasMoreArgs], [1, true]);
});

test("an exec without any argument has its path", () => {
  assert.deepEqual(assemble(PLAIN, execOf([])).argv, ["/bin/x"]);
});

test("127 bytes of an argument are shown, and only a longer one is cut", () => {
  const whole = assemble(PLAIN, execOf(["x", "y".repeat(127)]));
  assert.deepEqual([whole.argv[1]?.length, whole.isTruncated], [127, false]);
  const cut = assemble(PLAIN, RECORDS.longExec);
  assert.deepEqual([cut.argv[1], cut.isTruncated, cut.hasMoreArgs], ["x".repeat(127), true, false]);
});

test("a path longer than 127 bytes is cut, and found again among a script's words", () => {
  const path = `/${"p".repeat(140)}`;
  const sent = path.slice(0, 128);
  const script = execOf([], { data: `${sent}\0/bin/sh\0${sent}\0a\0`, argc: 3, flags: 1 });
  assert.deepEqual(assemble(PLAIN, script).argv, [path.slice(0, 127), "a"]);
  assert.equal(assemble(PLAIN, script).isTruncated, true);
  const block = `/bin/sh\0${path}\0a\0`;
  const args = { ...script, kind: 1, data: block, blockBytes: block.length, flags: 0 };
  const full = assemble({ ...PLAIN, hasFullArgs: true }, args, script);
  assert.deepEqual([full.argv, full.isTruncated], [[path, "a"], false]);
});

test("details come before the exec: folder, environment, and arguments in full", () => {
  const event = assemble(ALL, RECORDS.trueArgs, RECORDS.trueEnv, RECORDS.trueDirectory, RECORDS.trueExec);
  assert.equal(event.cwd, "/tmp/demo");
  assert.deepEqual(event.env, ["PATH=/bin", "EBPF=x y"]);
  assert.deepEqual(event.argv, ["/bin/true", "a", "", "b"]);
  assert.equal(event.isTruncated, false);
  const long = assemble(ALL, RECORDS.longArgs, RECORDS.longEnv, RECORDS.longDirectory, RECORDS.longExec);
  assert.deepEqual([long.argv[1], long.cwd, long.isTruncated], ["x".repeat(130), "/", false]);
});

test("pieces of a block are put together, and missing ones are noticed", () => {
  const record = decode(RECORDS.scriptArgs);
  const first = { ...record, data: record.data.slice(0, 10) };
  const rest = { ...record, data: record.data.slice(10) };
  const options = { ...PLAIN, hasFullArgs: true };
  assert.deepEqual(assemble(options, first, rest, RECORDS.scriptExec).argv, ["/tmp/demo/script", "one", "two"]);
  assert.equal(assemble(options, first, RECORDS.scriptExec).isTruncated, true);
  assert.deepEqual(assemble(options, RECORDS.trueExec).argv, ["/bin/true", "a", "", "b"]);
  assert.equal(assemble(options, RECORDS.trueExec).isTruncated, true);
});

test("details of two processes at once are kept apart", () => {
  const assembler = new EventAssembler(ALL);
  const records = [RECORDS.trueArgs, RECORDS.scriptArgs, RECORDS.trueEnv, RECORDS.scriptEnv, RECORDS.scriptDirectory];
  for (const record of records) assert.equal(assembler.take(decode(record)), undefined);
  assert.deepEqual(assembler.take(decode(RECORDS.scriptExec))?.env, ["A=1"]);
  assembler.take(decode(RECORDS.trueDirectory));
  assert.deepEqual(assembler.take(decode(RECORDS.trueExec))?.env, ["PATH=/bin", "EBPF=x y"]);
});

test("details whose own exec was lost are not another's", () => {
  const args = decode(RECORDS.trueArgs);
  const stale = { ...args, timeUs: args.timeUs - 5e6 };
  const event = assemble({ ...PLAIN, hasFullArgs: true }, stale, RECORDS.trueExec);
  assert.equal(event.isTruncated, true);
  const again = assemble({ ...PLAIN, hasFullArgs: true }, stale, args, RECORDS.trueExec);
  assert.equal(again.isTruncated, false);
});

test("the details that wait for a lost exec are bounded", () => {
  const assembler = new EventAssembler(ALL);
  const args = decode(RECORDS.trueArgs);
  for (let pid = 1; pid <= 5000; pid++) assembler.take({ ...args, pid });
  assert.equal(assembler.take({ ...decode(RECORDS.trueExec), pid: 1 })?.isTruncated, true);
  assert.deepEqual(assembler.take({ ...decode(RECORDS.trueExec), pid: 5000 })?.argv, ["/bin/true", "a", "", "b"]);
});

test("a folder deeper than what was sent begins with dots", () => {
  const directory = { ...decode(RECORDS.trueDirectory), flags: 1 };
  const event = assemble({ ...PLAIN, hasDirectory: true }, directory, RECORDS.trueExec);
  assert.deepEqual([event.cwd, event.isTruncated], [".../tmp/demo", true]);
});

test("a failed exec has no details, and lacks none", () => {
  const event = assemble(ALL, RECORDS.failedExec);
  assert.deepEqual([event.argv, event.cwd, event.env], [["/bin/missing", "m"], undefined, undefined]);
  assert.equal(event.isTruncated, false);
});

test("a path relative to another folder is told as the kernel tells it", () => {
  const path = (data: string): string | undefined => assemble(PLAIN, execOf([], { ret: -13, dirfd: 5, data })).argv[0];
  assert.equal(path("sub/x\0"), "/dev/fd/5/sub/x");
  assert.equal(path("\0"), "/dev/fd/5");
  assert.equal(path("/bin/x\0"), "/bin/x");
});

test("a variable is found by its whole name, the first one when there are two", () => {
  assert.equal(findVariable(["AB=1", "A=2", "A=3"], "A"), "2");
  assert.equal(findVariable(["AB=1"], "A"), undefined);
  assert.equal(findVariable(["A="], "A"), "");
});
