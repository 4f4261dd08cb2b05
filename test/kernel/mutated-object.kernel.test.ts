import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { decodeObject, EbpfError, loadCollection } from "ebpf-ts";

const COPIES = 10_000;
/** Every so many of the copies that still decode is loaded too. */
const LOADED_EACH = 50;

/** Numbers of a fixed sequence, by xorshift. */
function sequence(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

test("10,000 truncated or bit-flipped copies of an object give an EbpfError or a spec, and leave no descriptor", async () => {
  const original = readFileSync(new URL("../../../packages/tools/src/execsnoop/execsnoop.bpf.o", import.meta.url));
  const next = sequence(2020);
  const descriptors = (): number => readdirSync("/proc/self/fd").length;
  // The first load reads the kernel's types and starts the thread pool, whose descriptors stay.
  (await loadCollection(decodeObject(original))).close();
  const before = descriptors();
  let decoded = 0;
  for (let copy = 0; copy < COPIES; copy++) {
    const bytes = new Uint8Array(original);
    for (let flips = next(8); flips >= 0; flips--) {
      const at = next(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << next(8));
    }
    const input = copy % 4 === 0 ? bytes.subarray(0, next(bytes.length)) : bytes;
    try {
      const spec = decodeObject(input);
      decoded++;
      if (decoded % LOADED_EACH === 0) (await loadCollection(spec)).close();
    } catch (error) {
      // A map of a damaged size is an argument out of range: the spec's owner could have set it so.
      assert.ok(error instanceof EbpfError || error instanceof RangeError, `copy ${copy}: ${String(error)}`);
    }
  }
  assert.ok(decoded > 100, `${decoded} copies decoded`);
  assert.equal(descriptors(), before);
});
