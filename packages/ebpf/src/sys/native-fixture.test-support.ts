import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, ftruncateSync, writeSync } from "node:fs";
import { endianness } from "node:os";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { type Fixups, type NativeHandle, native } from "./native.ts";

/** What `-errno` is in the addon's results. */
export const ERRNO = {
  EPERM: 1,
  EIO: 5,
  E2BIG: 7,
  EBADF: 9,
  EACCES: 13,
  EFAULT: 14,
  EEXIST: 17,
  EINVAL: 22,
  ENOSPC: 28,
} as const;

const X64 = {
  getpid: 39,
  writev: 20,
  memfd_create: 319,
  pipe2: 293,
  epoll_create1: 291,
  epoll_ctl: 233,
  ioctl: 16,
  sched_setaffinity: 203,
  perf_event_open: 298,
  getpriority: 140,
};
const ARM64: typeof X64 = {
  getpid: 172,
  writev: 66,
  memfd_create: 279,
  pipe2: 59,
  epoll_create1: 20,
  epoll_ctl: 21,
  ioctl: 29,
  sched_setaffinity: 122,
  perf_event_open: 241,
  getpriority: 141,
};

/** System call numbers of this CPU. @source kernel: arch/x86/entry/syscalls/syscall_64.tbl, scripts/syscall.tbl */
export const NR: typeof X64 = process.arch === "x64" ? X64 : ARM64;

/** Bytes of a page, as the kernel says. */
export const PAGE_BYTES: number = pageBytes();

/** Options of a test that enters the kernel as root. Root never skips it. */
export const AS_ROOT: { skip: string | false } = { skip: process.getuid?.() === 0 ? false : "needs feature root" };

/** Path of the addon that is tested, for workers and child processes. */
export const ADDON_FILE: string =
  process.env.EBPF_TS_ADDON ??
  fileURLToPath(new URL(`../../prebuilds/linux-${process.arch}/ebpf.node`, import.meta.url));

/** Asserts that a result is no error. */
export function ok(result: number): number {
  assert.ok(result >= 0, `errno ${-result}`);
  return result;
}

/** Asserts that opening gave a handle. */
export function opened(result: NativeHandle | number): NativeHandle {
  if (typeof result === "number") assert.fail(`errno ${-result}`);
  return result;
}

/** Bytes of a structure from fields, each an offset, a width in bytes, and a value. */
export function struct(
  sizeBytes: number,
  ...fields: [offset: number, width: 1 | 2 | 4 | 8, value: number][]
): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  const view = new DataView(bytes.buffer);
  for (const [offset, width, value] of fields) {
    if (width === 8) view.setBigInt64(offset, BigInt(value), true);
    else if (width === 4) view.setUint32(offset, value, true);
    else if (width === 2) view.setUint16(offset, value, true);
    else view.setUint8(offset, value);
  }
  return bytes;
}

/** A DataView of bytes that are written in this machine's order. */
export function viewOf(bytes: Uint8Array): DataView {
  assert.equal(endianness(), "LE");
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Closes a descriptor when the test ends. */
export function ownFd(t: TestContext, fd: number): number {
  ok(fd);
  t.after(() => closeSync(fd));
  return fd;
}

/** A pipe that is closed when the test ends: its reading and writing descriptors. */
export function pipe(t: TestContext): { reader: number; writer: number } {
  const fds = new Uint8Array(8);
  ok(native().syscall(NR.pipe2, fds, 0o2000000));
  const view = viewOf(fds);
  return { reader: ownFd(t, view.getInt32(0, true)), writer: ownFd(t, view.getInt32(4, true)) };
}

/** An anonymous file with bytes at offsets: it can be mapped like a map of the kernel's, and hold what that never would. */
export function memoryFile(t: TestContext, sizeBytes: number, ...parts: [offset: number, bytes: Uint8Array][]): number {
  const fd = ownFd(t, native().syscall(NR.memfd_create, new TextEncoder().encode("fixture\0"), 1));
  ftruncateSync(fd, sizeBytes);
  for (const [offset, bytes] of parts) writeSync(fd, bytes, 0, bytes.length, offset);
  return fd;
}

/** One record of a drain's output. */
export interface PackedRecord {
  readonly type: number;
  readonly data: Uint8Array;
}

/** Walks what a drain put into its output; asserts that padding is zero. */
export function unpack(out: Uint8Array, used: number): PackedRecord[] {
  const records: PackedRecord[] = [];
  const view = viewOf(out);
  for (let at = 0; at < used; ) {
    const length = view.getUint32(at, true);
    const end = at + 8 + length;
    const next = (end + 7) & ~7;
    records.push({ type: view.getUint32(at + 4, true), data: out.slice(at + 8, end) });
    assert.ok(
      out.subarray(end, next).every((byte) => byte === 0),
      "padding is not zero",
    );
    at = next;
  }
  return records;
}

/** Bytes that tell which record they belong to: none is zero, and each sequence number has its own. */
export function pattern(seq: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => 1 + ((seq * 31 + i * 7) % 255));
}

/** Creates a map that is closed when the test ends. */
export function createMap(
  t: TestContext,
  type: number,
  key: number,
  value: number,
  entries: number,
  flags = 0,
): number {
  const attr = struct(72, [0, 4, type], [4, 4, key], [8, 4, value], [12, 4, entries], [16, 4, flags]);
  return ownFd(t, native().bpf(0, attr));
}

/** One instruction slot. */
export function insn(opcode: number, dst = 0, src = 0, offset = 0, imm = 0): number[] {
  return [...struct(8, [0, 1, opcode], [1, 1, dst | (src << 4)], [2, 2, offset], [4, 4, imm])];
}

/** Loads a map's descriptor. */
export function loadMap(dst: number, fd: number): number[] {
  return [...insn(0x18, dst, 1, 0, fd), ...insn(0)];
}

/** Function information of a program with callbacks. */
export interface ProgramInfo {
  readonly btfFd: number;
  /** Pairs of slot and FUNC type. */
  readonly functions: [slot: number, typeId: number][];
}

/** Loads a program that is closed when the test ends; a refusal shows the verifier's log. */
export function loadProgram(t: TestContext, type: number, insns: number[], info?: ProgramInfo): number {
  const bytes = Uint8Array.from(insns);
  const log = new Uint8Array(65536);
  const funcs = new Uint8Array(
    (info?.functions ?? []).flatMap(([slot, id]) => [...struct(8, [0, 4, slot], [4, 4, id])]),
  );
  const attr = struct(
    120,
    [0, 4, type],
    [4, 4, bytes.length / 8],
    [24, 4, 1],
    [28, 4, log.length],
    [72, 4, info?.btfFd ?? 0],
    [76, 4, info === undefined ? 0 : 8],
    [88, 4, info?.functions.length ?? 0],
  );
  const fixups: Fixups = [
    8,
    bytes,
    16,
    new TextEncoder().encode("GPL\0"),
    32,
    log,
    80,
    info === undefined ? null : funcs,
  ];
  const fd = native().bpf(5, attr, fixups);
  assert.ok(fd >= 0, `errno ${-fd}: ${new TextDecoder().decode(log.subarray(0, Math.max(0, log.indexOf(0))))}`);
  return ownFd(t, fd);
}

/** Runs a program once over a packet. @returns what the program returned */
export function runProgram(fd: number, packet: Uint8Array, repeat = 1): number {
  const attr = struct(80, [0, 4, fd], [8, 4, packet.length], [32, 4, repeat]);
  ok(native().bpf(10, attr, [16, packet]));
  return viewOf(attr).getUint32(4, true);
}

const SCHED_CLS = 3;

/** Bytes that {@link emitter}'s program can put into one record. */
export const EMIT_MAX_BYTES = 504;

/**
 * Loads a program that writes one record for each run, of the bytes that the run gives.
 * @param helper `ringbuf`: bpf_ringbuf_output; `perf`: bpf_perf_event_output on the current CPU
 * @returns writes a record and gives what the helper returned
 */
export function emitter(t: TestContext, helper: "ringbuf" | "perf", mapFd: number): (data: Uint8Array) => number {
  const call =
    helper === "ringbuf"
      ? [
          ...loadMap(1, mapFd),
          ...insn(0xbf, 2, 10), // r2 = r10
          ...insn(0x07, 2, 0, 0, -EMIT_MAX_BYTES),
          ...insn(0xbf, 3, 7), // r3 = r7
          ...insn(0xb7, 4, 0, 0, 0), // r4 = 0: flags
          ...insn(0x85, 0, 0, 0, 130), // bpf_ringbuf_output
        ]
      : [
          ...insn(0xbf, 1, 6), // r1 = ctx
          ...loadMap(2, mapFd),
          ...insn(0x18, 3, 0, 0, -1), // r3 = 0xffffffff: BPF_F_CURRENT_CPU
          ...insn(0),
          ...insn(0xbf, 4, 10), // r4 = r10
          ...insn(0x07, 4, 0, 0, -EMIT_MAX_BYTES),
          ...insn(0xbf, 5, 7), // r5 = r7
          ...insn(0x85, 0, 0, 0, 25), // bpf_perf_event_output
        ];
  const fd = loadProgram(t, SCHED_CLS, [
    ...insn(0xbf, 6, 1), // r6 = ctx
    ...insn(0xb7, 2, 0, 0, 0), // r2 = 0: offset in the packet
    ...insn(0xbf, 3, 10), // r3 = r10
    ...insn(0x07, 3, 0, 0, -512),
    ...insn(0xb7, 4, 0, 0, 512), // r4 = 512
    ...insn(0x85, 0, 0, 0, 26), // bpf_skb_load_bytes
    ...insn(0x61, 7, 10, -512), // r7 = the record's length
    ...insn(0x57, 7, 0, 0, 511), // r7 &= 511, for the verifier
    ...insn(0xb5, 7, 0, 2, EMIT_MAX_BYTES), // if r7 <= 504 goto +2
    ...insn(0xb7, 0, 0, 0, 1), // r0 = 1
    ...insn(0x95), // exit
    ...call,
    ...insn(0x95), // exit with what the helper returned
  ]);
  const packet = new Uint8Array(512);
  return (data) => {
    viewOf(packet).setUint32(0, data.length, true);
    packet.set(data, 8);
    return runProgram(fd, packet) | 0;
  };
}

/** Loads a program that reserves 64 bytes of a ring and discards them; gives what runs it. */
export function discarder(t: TestContext, ringFd: number): () => void {
  const fd = loadProgram(t, SCHED_CLS, [
    ...loadMap(1, ringFd),
    ...insn(0xb7, 2, 0, 0, 64), // r2 = 64
    ...insn(0xb7, 3, 0, 0, 0), // r3 = 0
    ...insn(0x85, 0, 0, 0, 131), // bpf_ringbuf_reserve
    ...insn(0x15, 0, 0, 3, 0), // if r0 == 0 goto exit
    ...insn(0xbf, 1, 0), // r1 = r0
    ...insn(0xb7, 2, 0, 0, 0), // r2 = 0
    ...insn(0x85, 0, 0, 0, 133), // bpf_ringbuf_discard
    ...insn(0xb7, 0, 0, 0, 0), // r0 = 0
    ...insn(0x95), // exit
  ]);
  const packet = new Uint8Array(64);
  return () => runProgram(fd, packet);
}

/** What a child process ended with. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

const PRELUDE = `const addon = require(${JSON.stringify(ADDON_FILE)});
const NR = ${JSON.stringify(NR)};
function pipe() {
  const fds = new Int32Array(2);
  const status = addon.syscall(NR.pipe2, new Uint8Array(fds.buffer), 0o2000000);
  if (status < 0) throw new Error("pipe2: " + status);
  return { reader: fds[0], writer: fds[1] };
}
`;

/** Starts a CommonJS script in a worker, with the names that {@link runScript} has. */
export function startWorker(script: string): Worker {
  return new Worker(
    `const { parentPort } = require("node:worker_threads"); const fs = require("node:fs");\n${PRELUDE}${script}`,
    {
      eval: true,
    },
  );
}

/** Runs a CommonJS script, in which `pipe()` makes a pipe, `addon` is the addon and `NR` the system call numbers, in a child process. */
export function runScript(script: string, ...flags: string[]): Promise<Ended> {
  const child: ChildProcess = spawn(process.execPath, [...flags, "-e", PRELUDE + script], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

function pageBytes(): number {
  // Auxiliary vector: pairs of 64-bit type and value; AT_PAGESZ is 6.
  const fd = native().syscall(
    process.arch === "x64" ? 257 : 56,
    -100,
    new TextEncoder().encode("/proc/self/auxv\0"),
    0,
    0,
  );
  const vector = new DataView(new ArrayBuffer(4096));
  const length = native().readFully(ok(fd), vector);
  closeSync(fd);
  for (let at = 0; at + 16 <= length; at += 16) {
    if (vector.getBigUint64(at, true) === 6n) return Number(vector.getBigUint64(at + 8, true));
  }
  throw new Error("the auxiliary vector has no page size");
}
