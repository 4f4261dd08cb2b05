import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { inspect } from "node:util";
import { type NativeAddon, native } from "./native.ts";
import { memoryFile, opened, PAGE_BYTES, pipe } from "./native-fixture.test-support.ts";

const addon = native();

/** The functions of NativeAddon; the compiler checks that none is missing and none too many. */
const NAMES: Record<keyof NativeAddon, true> = {
  bpf: true,
  bpfAsync: true,
  mapElem: true,
  syscall: true,
  readFully: true,
  mmapOpen: true,
  memRead: true,
  memWrite: true,
  memAtomic: true,
  ringOpen: true,
  ringDrain: true,
  ringAvailable: true,
  perfOpen: true,
  perfDrain: true,
  userRingOpen: true,
  userRingSubmit: true,
  close: true,
  pollStart: true,
  pollStop: true,
  pollRef: true,
};

test("the addon exports the functions of NativeAddon and no other", () => {
  assert.deepEqual(Object.keys(addon).sort(), Object.keys(NAMES).sort());
  for (const name of Object.keys(NAMES)) assert.equal(typeof addon[name as keyof NativeAddon], "function");
});

test("a wrong argument is a TypeError that names function and place", () => {
  const bytes = new Uint8Array(8);
  const call = addon as unknown as Record<string, (...args: unknown[]) => unknown>;
  const cases: [name: string, args: unknown[], place: number][] = [
    ["bpf", [], 1],
    ["bpf", ["1", bytes], 1],
    ["bpf", [1n, bytes], 1],
    ["bpf", [1, [1, 2]], 2],
    ["bpf", [1, new Uint32Array(4)], 2],
    ["bpf", [1, new ArrayBuffer(8)], 2],
    ["bpf", [1, bytes, 5], 3],
    ["bpf", [1, bytes, [0]], 3],
    ["bpf", [1, bytes, [0, 5]], 3],
    ["bpf", [1, bytes, [0, undefined]], 3],
    ["bpf", [1, bytes, [null]], 3],
    ["bpf", [1, bytes, ["0", bytes]], 3],
    ["bpfAsync", [1, "attr"], 2],
    ["bpfAsync", [1, bytes, [0]], 3],
    ["mapElem", [1, 3, bytes, bytes], 5],
    ["mapElem", [1, 3, "key", bytes, 0], 3],
    ["syscall", [], 1],
    ["syscall", [NaN.toString()], 1],
    ["syscall", [39, undefined], 2],
    ["syscall", [39, 1n], 2],
    ["syscall", [39, "text"], 2],
    ["syscall", [39, []], 2],
    ["syscall", [39, [8, bytes]], 2],
    ["readFully", [0], 2],
    ["mmapOpen", ["0", 1, 1, 1, 0], 1],
    ["memRead", [{}, 0, bytes], 1],
    ["memWrite", [null, 0, bytes], 1],
    ["memAtomic", [5, 0, 4, 0, 0n], 1],
    ["ringOpen", [undefined, 4096], 1],
    ["ringDrain", [undefined, bytes, 1], 1],
    ["ringAvailable", [Symbol("ring")], 1],
    ["perfOpen", [0, "1"], 2],
    ["perfDrain", [bytes, bytes, 1], 1],
    ["userRingOpen", [0, null], 2],
    ["userRingSubmit", [() => 0, bytes], 1],
    ["close", [], 1],
    ["close", [new Proxy({}, {})], 1],
    ["pollStart", [0, 1], 3],
    ["pollStart", [0, 1, {}], 3],
    ["pollStop", [{}], 1],
    ["pollRef", [{}, true], 1],
  ];
  for (const [name, args, place] of cases) {
    assert.throws(() => call[name]?.(...args), {
      name: "TypeError",
      code: "ERR_INVALID_ARG_TYPE",
      message: new RegExp(`^${name}: argument ${place} must be `),
    });
  }
});

test("a number out of range is a RangeError that names function and place", () => {
  const bytes = new Uint8Array(16);
  const cases: [call: () => unknown, place: string][] = [
    [() => addon.bpf(-1, bytes), "bpf: argument 1"],
    [() => addon.bpf(2 ** 32, bytes), "bpf: argument 1"],
    [() => addon.bpf(0.5, bytes), "bpf: argument 1"],
    [() => addon.bpf(Number.NaN, bytes), "bpf: argument 1"],
    [() => addon.bpf(1, bytes, [-1, bytes]), "bpf: argument 3"],
    [() => addon.bpf(1, bytes, [9, bytes]), "bpf: argument 3"],
    [() => addon.bpf(1, bytes, [2 ** 52, bytes]), "bpf: argument 3"],
    [() => addon.bpf(1, new Uint8Array(7), [0, bytes]), "bpf: argument 3"],
    [() => addon.bpf(1, bytes, [0, bytes, bytes.subarray(8), 1, null]), "bpf: argument 3"],
    [() => addon.mapElem(1, 2 ** 31, null, null, 0), "mapElem: argument 2"],
    [() => addon.mapElem(1, 3, null, null, -1), "mapElem: argument 5"],
    [() => addon.mapElem(1, 3, null, null, 2 ** 53), "mapElem: argument 5"],
    [() => addon.syscall(39, 2 ** 53), "syscall: argument 2"],
    [() => addon.syscall(39, -(2 ** 53)), "syscall: argument 2"],
    [() => addon.syscall(39, Number.POSITIVE_INFINITY), "syscall: argument 2"],
    [() => addon.syscall(39, 1, 2, 3, 4, 5, 6, 7), "syscall: argument 8"],
    [() => addon.mmapOpen(0, -1, 1, 1, 0), "mmapOpen: argument 2"],
    [() => addon.mmapOpen(0, 1, 1, 1, 1.5), "mmapOpen: argument 5"],
    [() => addon.pollStart(0, 0, () => {}), "pollStart: argument 2"],
    [() => addon.pollStart(0, 16, () => {}), "pollStart: argument 2"],
  ];
  for (const [call, place] of cases) {
    assert.throws(call, { name: "RangeError", code: "ERR_OUT_OF_RANGE", message: new RegExp(`^${place} must be `) });
  }
});

test("a handle of another type, or another maker, is a TypeError", (t) => {
  const fd = memoryFile(t, 4 * PAGE_BYTES);
  const bytes = new Uint8Array(8);
  const mapping = opened(addon.mmapOpen(fd, PAGE_BYTES, 3, 1, 0));
  const ring = opened(addon.ringOpen(fd, PAGE_BYTES));
  const perf = opened(addon.perfOpen(fd, 1));
  const userRing = opened(addon.userRingOpen(fd, PAGE_BYTES));
  const poll = opened(addon.pollStart(pipe(t).reader, 1, () => {}));
  const child = spawn("true", { stdio: ["ignore", "pipe", "ignore"] });
  const foreign = (child.stdout as unknown as { _handle: { _externalStream: unknown } })._handle._externalStream;
  assert.equal(inspect(foreign).includes("External"), true);
  const all = { mapping, ring, perf, userRing, poll, foreign, plain: {}, number: 7 };
  const takers: [taker: string, takes: string[], call: (handle: typeof mapping) => unknown][] = [
    ["memRead", ["mapping"], (handle) => addon.memRead(handle, 0, bytes)],
    ["memWrite", ["mapping"], (handle) => addon.memWrite(handle, 0, bytes)],
    ["memAtomic", ["mapping"], (handle) => addon.memAtomic(handle, 0, 8, 0, 0n)],
    ["ringDrain", ["ring"], (handle) => addon.ringDrain(handle, bytes, 1)],
    ["ringAvailable", ["ring"], (handle) => addon.ringAvailable(handle)],
    ["perfDrain", ["perf"], (handle) => addon.perfDrain(handle, bytes, 1)],
    ["userRingSubmit", ["userRing"], (handle) => addon.userRingSubmit(handle, bytes.subarray(0, 0))],
    ["pollRef", ["poll"], (handle) => addon.pollRef(handle, true)],
    ["pollStop", ["poll"], (handle) => addon.pollStop(handle)],
    ["close", ["mapping", "ring", "perf", "userRing"], (handle) => addon.close(handle)],
  ];
  for (const [taker, takes, call] of takers) {
    for (const [name, handle] of Object.entries(all)) {
      if (takes.includes(name)) assert.doesNotThrow(() => call(handle as typeof mapping), `${taker} takes ${name}`);
      else assert.throws(() => call(handle as typeof mapping), TypeError, `${taker} refuses ${name}`);
    }
  }
});

test("a handle can't be sent to another thread", (t) => {
  const mapping = opened(addon.mmapOpen(memoryFile(t, PAGE_BYTES), PAGE_BYTES, 1, 1, 0));
  assert.throws(() => structuredClone(mapping), { name: "DataCloneError" });
  addon.close(mapping);
});

test("a detached view is a TypeError, an empty one is not", () => {
  for (const make of [
    (buffer: ArrayBuffer) => new Uint8Array(buffer, 8),
    (buffer: ArrayBuffer) => new DataView(buffer, 8),
  ]) {
    const buffer = new ArrayBuffer(64);
    const view = make(buffer);
    structuredClone(buffer, { transfer: [buffer] });
    assert.throws(() => addon.readFully(0, view), { name: "TypeError", message: /argument 2 .* not detached/ });
    assert.throws(() => addon.mapElem(1, -1, view, null, 0), { name: "TypeError", message: /argument 3 / });
  }
  assert.equal(addon.readFully(0, new Uint8Array(0)), 0);
  assert.equal(addon.readFully(0, new DataView(new ArrayBuffer(8), 8)), 0);
});
