import assert from "node:assert/strict";
import { test } from "node:test";
import { readObject } from "ebpf-ts";
import { RECORD_LAYOUT } from "./record.ts";

test("fields are where the object's own types say", async () => {
  const { types } = await readObject(new URL("./execsnoop.bpf.o", import.meta.url));
  assert.ok(types);
  const id = types.findId("record", "struct");
  assert.ok(id !== undefined);
  const record = types.typeById(id);
  assert.ok(record.kind === "struct");
  const offsets = record.members.map(({ name, offsetBits }) => [name, offsetBits / 8]);
  assert.deepEqual(Object.fromEntries(offsets), RECORD_LAYOUT);
});
