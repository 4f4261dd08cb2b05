import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeCString, encodeCString } from "./cstring.ts";

test("text ends at the first NUL, or at the end of the range", () => {
  const bytes = new TextEncoder().encode("abc\0def");
  assert.equal(decodeCString(bytes), "abc");
  assert.equal(decodeCString(bytes, 4), "def");
  assert.equal(decodeCString(bytes, 1, 2), "b");
  assert.equal(decodeCString(bytes, 7), "");
});

test("text beyond ASCII is UTF-8, and broken UTF-8 becomes U+FFFD", () => {
  assert.equal(decodeCString(new TextEncoder().encode("größe\0")), "größe");
  assert.equal(decodeCString(Uint8Array.of(0x61, 0xff, 0)), "a\ufffd");
});

test("long text is read whole", () => {
  const text = "x".repeat(5000);
  assert.equal(decodeCString(encodeCString(text)), text);
});

test("text with a NUL is refused", () => {
  assert.deepEqual([...encodeCString("ab")], [0x61, 0x62, 0]);
  assert.throws(() => encodeCString("a\0b"), new RangeError("text has a NUL at character 1"));
});
