import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeRecord, type ExecRecord } from "./record.ts";
import { RECORDS } from "./records.test-support.ts";

function decode(hex: string): ExecRecord {
  const bytes = Buffer.from(hex, "hex");
  return decodeRecord(bytes, 0, bytes.length);
}

test("an exec's record has its numbers, its name and its strings", () => {
  assert.deepEqual(decode(RECORDS.trueExec), {
    timeUs: 0x3b6_8011_5153 / 1000,
    pid: 3085,
    ppid: 3074,
    uid: 0,
    ret: 0,
    argc: 4,
    blockBytes: 0,
    dirfd: -100,
    argsRead: 4,
    kind: 0,
    flags: 0,
    comm: "true",
    data: "/bin/true\0true\0a\0\0b\0",
  });
});

test("a failed exec has a negative error number and the caller's name", () => {
  const { ret, comm, data } = decode(RECORDS.failedExec);
  assert.deepEqual({ ret, comm, data }, { ret: -2, comm: "node", data: "/bin/missing\0/bin/missing\0m\0" });
});

test("what follows the data in a record, and what precedes the record, is not looked at", () => {
  const bytes = Buffer.from(`ffff${RECORDS.trueExec}ffffff`, "hex");
  assert.deepEqual(decodeRecord(bytes, 2, bytes.length - 2), decode(RECORDS.trueExec));
});

test("bytes that are not UTF-8 stay what they are", () => {
  const bytes = Buffer.from(RECORDS.trueExec, "hex");
  bytes[60] = 0xff;
  assert.equal(decodeRecord(bytes, 0, bytes.length).data.charCodeAt(0), 0xff);
});

test("a record that is cut short is refused", () => {
  const bytes = Buffer.from(RECORDS.trueExec, "hex");
  assert.throws(() => decodeRecord(bytes, 0, bytes.length - 1), RangeError);
  assert.throws(() => decodeRecord(bytes, 0, 40), RangeError);
});
