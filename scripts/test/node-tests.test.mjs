// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { explainSkip } from "../../test/kernel/skips.mjs";
import { mutate, randomFrom } from "../fuzz-mutate.mjs";

const CLOUD = "6.12.117+deb12-cloud-amd64";

test("a skip is explained by an older kernel, an older Node.js, or a feature that the kernel is known to lack", () => {
  assert.equal(explainSkip("needs kernel 6.13", { kernel: CLOUD, node: "20.20.2" }), undefined);
  assert.equal(explainSkip("needs kernel 7.0", { kernel: CLOUD, node: "20.20.2" }), undefined);
  assert.equal(explainSkip("needs node 22.15", { kernel: CLOUD, node: "22.9.0" }), undefined);
  assert.equal(explainSkip("needs feature sched_ext", { kernel: CLOUD, node: "20.20.2" }), undefined);
});

test("any other skip is a failure", () => {
  const running = { kernel: CLOUD, node: "20.20.2", isCi: true };
  assert.match(explainSkip("needs kernel 6.12", running) ?? "", /but this is Linux 6\.12\.117/);
  assert.match(explainSkip("needs kernel 5.20", running) ?? "", /but this is Linux/);
  assert.match(explainSkip("needs node 20.19", running) ?? "", /but this is Node\.js/);
  assert.match(explainSkip("needs feature ringbuf", running) ?? "", /should have/);
  assert.match(explainSkip("needs feature ringbuf", { ...running, kernel: "6.9.1-arch1" }) ?? "", /has no row/);
  assert.match(explainSkip("needs program bpftool", running) ?? "", /CI must install/);
  assert.match(explainSkip("slow", running) ?? "", /is not of the form/);
  assert.match(explainSkip("", running) ?? "", /is not of the form/);
});

test("outside CI a kernel without a row explains a missing feature, and a missing program is explained", () => {
  const running = { kernel: "6.9.1-arch1", node: "20.20.2", isCi: false };
  assert.equal(explainSkip("needs feature fentry", running), undefined);
  assert.equal(explainSkip("needs program no-such-program", running), undefined);
  assert.match(explainSkip("needs program sh", running) ?? "", /but it is installed/);
});

test("a seed decides the mutations of an input, and the input itself stays", () => {
  const seeds = [new Uint8Array(100).fill(7), new Uint8Array(3)];
  const make = (/** @type {string} */ seed) => {
    const random = randomFrom(seed);
    return Array.from({ length: 200 }, () => mutate(seeds, random));
  };
  assert.deepEqual(make("elf 1"), make("elf 1"));
  assert.notDeepEqual(make("elf 1"), make("elf 2"));
  assert.deepEqual(seeds, [new Uint8Array(100).fill(7), new Uint8Array(3)]);
});
