import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { test } from "node:test";
import {
  attach,
  ClosedError,
  EbpfError,
  loadCollection,
  SyscallError,
  UnsupportedError,
  UpdateMode,
  VerifierError,
} from "ebpf-ts";
import { only, streamsSpec, trigger } from "./streams.js";

const key = (value: number): Uint8Array => new Uint8Array(new Uint32Array([value]).buffer);

/** Descriptors of this process that are BPF objects or perf events. */
function bpfDescriptors(): string[] {
  return readdirSync("/proc/self/fd").flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return /bpf|perf_event|btf/.test(target) ? [target] : [];
    } catch {
      return [];
    }
  });
}

test("a tracepoint's program runs for each of its events until the link is closed", async () => {
  using collection = await loadCollection(only(await streamsSpec(), "count_getuid"));
  const calls = collection.maps.require("calls");
  {
    using links = await attach(collection);
    assert.equal(links.what, 'program "count_getuid" at tracepoint syscalls:sys_enter_getuid');
    trigger(5);
  }
  trigger(5);
  assert.deepEqual(calls.get(key(1)), new Uint8Array([5, 0, 0, 0, 0, 0, 0, 0]));
});

test("map elements are read, written, removed and gone over", async () => {
  using collection = await loadCollection(await streamsSpec());
  const calls = collection.maps.require("calls");
  const value = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
  assert.equal(calls.get(key(9)), undefined);
  calls.set(key(9), value, UpdateMode.NoExist);
  assert.throws(
    () => calls.set(key(9), value, UpdateMode.NoExist),
    (error: unknown) => error instanceof SyscallError && error.errno === "EEXIST",
  );
  assert.throws(
    () => calls.set(key(8), value, UpdateMode.Exist),
    (error: unknown) => error instanceof SyscallError && error.errno === "ENOENT",
  );
  calls.set(key(8), value);
  assert.deepEqual(calls.get(key(9)), value);
  assert.deepEqual([...calls.keys()].map((bytes) => bytes[0]).sort(), [8, 9]);
  assert.equal(calls.delete(key(9)), true);
  assert.equal(calls.delete(key(9)), false);
  assert.throws(() => calls.get(new Uint8Array(3)), {
    name: "RangeError",
    message: 'map "calls": key of 3 bytes, wanted 4',
  });
});

test("the kernel shows names, types and frozen contents as the object has them", async () => {
  using collection = await loadCollection(await streamsSpec());
  const show = (id: number) =>
    JSON.parse(execFileSync("bpftool", ["-j", "map", "show", "id", String(id)], { encoding: "utf8" }));
  const rodata = show(collection.maps.require(".rodata").id);
  assert.equal(rodata.frozen, 1);
  assert.equal(rodata.type, "array");
  const calls = show(collection.maps.require("calls").id);
  assert.equal(calls.name, "calls");
  assert.equal(calls.bytes_key, 4);
  assert.equal(calls.bytes_value, 8);
  assert.throws(
    () => collection.maps.require(".rodata").set(key(0), new Uint8Array(collection.maps.require(".rodata").valueSize)),
    (error: unknown) => error instanceof SyscallError && error.errno === "EPERM",
  );
});

test("a refused program carries the verifier's whole log and names itself, the instruction and the source line", async () => {
  const before = bpfDescriptors();
  const spec = only(await streamsSpec(), "refused");
  await assert.rejects(loadCollection(spec), (error: unknown) => {
    assert.ok(error instanceof VerifierError);
    assert.equal(error.program, "refused");
    assert.equal(error.errno, "EACCES");
    assert.match(
      error.message,
      /program "refused" is refused at instruction \d+ \(.*return \*count.*\): .*map_value_or_null/,
    );
    assert.match(error.log.join("\n"), /processed \d+ insns/);
    return true;
  });
  assert.deepEqual(bpfDescriptors(), before);
});

test("a tracepoint that the kernel lacks is named, and what was attached before is detached", async () => {
  const spec = await streamsSpec();
  spec.programs.require("nowhere").isOptional = false;
  using collection = await loadCollection(spec);
  const before = bpfDescriptors();
  await assert.rejects(attach(collection), (error: unknown) => {
    assert.ok(error instanceof UnsupportedError);
    assert.match(error.message, /syscalls:no_such_tracepoint/);
    return true;
  });
  assert.deepEqual(bpfDescriptors(), before);
});

test("a name that isn't there is answered with those that are", async () => {
  using collection = await loadCollection(await streamsSpec());
  assert.throws(
    () => collection.maps.require("evnts"),
    (error: unknown) => {
      assert.ok(error instanceof EbpfError);
      assert.match(error.message, /no map "evnts"; there are: .*"events"/);
      return true;
    },
  );
});

test("what is closed says so, and closing leaves no descriptor", async () => {
  const before = bpfDescriptors();
  const collection = await loadCollection(await streamsSpec());
  const links = await attach(collection);
  links.close();
  collection.close();
  collection.close();
  assert.deepEqual(bpfDescriptors(), before);
  assert.throws(() => collection.maps.require("calls").get(key(0)), ClosedError);
  assert.throws(() => collection.programs.require("emit_ring").fd, ClosedError);
});

test("a big-endian object is refused on this machine with the flag that would do", async () => {
  const { readObject } = await import("ebpf-ts");
  const spec = await readObject(new URL("../../../testdata/streams.eb.o", import.meta.url));
  await assert.rejects(loadCollection(spec), /big-endian.*-target bpfel/);
});
