import assert from "node:assert/strict";
import { test } from "node:test";
import { PERF_RECORD_LOST, RecordBatch } from "./batch.ts";

function batchOf(records: readonly { kind: number; bytes: number[] }[]): RecordBatch {
  const batch = new RecordBatch(256);
  let at = 0;
  for (const { kind, bytes } of records) {
    batch.view.setUint32(at, bytes.length, true);
    batch.view.setUint32(at + 4, kind, true);
    batch.bytes.set(bytes, at + 8);
    at += 8 + Math.ceil(bytes.length / 8) * 8;
  }
  batch.fill(at, 3);
  return batch;
}

test("records are visited in order, each with its own length, padding left out", () => {
  const batch = batchOf([
    { kind: 0, bytes: [1, 2, 3] },
    { kind: 9, bytes: [4, 5, 6, 7, 8, 9, 10, 11] },
    { kind: 0, bytes: [] },
    { kind: 9, bytes: [12] },
  ]);
  const seen: number[][] = [];
  batch.forEach((offset, length) => {
    seen.push([...batch.bytes.subarray(offset, offset + length)]);
  });
  assert.deepEqual(seen, [[1, 2, 3], [4, 5, 6, 7, 8, 9, 10, 11], [], [12]]);
  assert.equal(batch.cpu, 3);
});

test("what the kernel itself put among the records is not taken for one", () => {
  const batch = batchOf([
    { kind: PERF_RECORD_LOST, bytes: [5, 0, 0, 0, 0, 0, 0, 0] },
    { kind: 9, bytes: [1] },
  ]);
  let visited = 0;
  batch.forEach(() => void visited++);
  assert.equal(visited, 1);
  const kinds: number[] = [];
  batch.forEachOfAnyKind((kind) => kinds.push(kind));
  assert.deepEqual(kinds, [PERF_RECORD_LOST, 9]);
});

test("an empty drain leaves nothing of the one before", () => {
  const batch = batchOf([{ kind: 0, bytes: [1] }]);
  batch.fill(0, undefined);
  batch.forEach(() => {
    assert.fail("there is no record");
  });
});
