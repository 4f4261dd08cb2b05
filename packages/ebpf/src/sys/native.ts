import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { UnsupportedError } from "../errors.ts";

/** Bytes that C reads or fills during one call; C holds them for that call only. */
export type View = Uint8Array | DataView;

/** Opaque owner of a mapping, ring, or poll; made and closed by the addon, tagged with its type. */
export interface NativeHandle {
  readonly __native: unique symbol;
}

/**
 * Addresses that C writes into a view before a system call: an offset, then the view (or `null` for 0) whose address goes there,
 * as 8 bytes. A view in an offset's place says that the offsets after it are in that view: pointers within what a pointer leads to.
 */
export type Fixups = readonly (number | View | null)[];

/**
 * The functions of the addon. Each returns a number that is not negative, or `-errno`; none throws but for a wrong
 * argument (`TypeError`, `RangeError`). A handle of another type, or one already closed, is refused: `TypeError` for the
 * type, `-EBADF` for a closed one. A detached view is a `TypeError`.
 *
 * What the kernel reads or fills is for the caller to size: neither C nor the kernel sees where a key's view ends.
 */
export interface NativeAddon {
  /** bpf(2); the offsets of `fixups` are in `attr` at first. @returns the call's result or `-errno` */
  bpf(command: number, attr: Uint8Array, fixups?: Fixups): number;
  /**
   * bpf(2) on a thread of the pool; the views are held until the promise settles, and their buffers must not be transferred
   * or resized before. `attr` is filled in place. @returns as {@link bpf}, never rejected
   */
  bpfAsync(command: number, attr: Uint8Array, fixups?: Fixups): Promise<number>;
  /** bpf(2) on one map element, attr on the C stack. `value` is the next key for BPF_MAP_GET_NEXT_KEY; either may be null. */
  mapElem(command: number, fd: number, key: View | null, value: View | null, flags: number): number;
  /**
   * Any system call, up to six arguments: each a number (signed, |n| < 2^53), a view whose address is passed, `null` for 0, or
   * {@link Fixups} that start with a view: its address is passed, and the others written first.
   */
  syscall(number: number, ...args: (number | View | null | Fixups)[]): number;
  /**
   * Reads from `fd` until `out` is full or the end, however little each read gives.
   * @returns bytes read, fewer than asked for at the end only; `-errno` at any error, whatever was read before it
   */
  readFully(fd: number, out: View): number;
  /** Maps `length` bytes of `fd`. @returns a handle, or `-errno` */
  mmapOpen(fd: number, length: number, prot: number, flags: number, offset: number): NativeHandle | number;
  /** Copies out of a mapping. @returns bytes copied, `-EINVAL` when outside of it, `-EBADF` when closed */
  memRead(handle: NativeHandle, offset: number, out: View): number;
  /** Copies into a mapping. @returns bytes copied, `-EINVAL` outside, `-EACCES` when it is read-only, `-EBADF` when closed */
  memWrite(handle: NativeHandle, offset: number, bytes: View): number;
  /**
   * One atomic access of `width` 4 or 8 bytes at an aligned offset: op 0 load (acquire), 1 store (release),
   * 2 add (returns the value before). `value` wraps to the width. @returns the unsigned value, or `-errno` as a number:
   * `-EINVAL` outside or unaligned, `-EACCES` for a change of a read-only mapping, `-EBADF` when closed
   */
  memAtomic(handle: NativeHandle, offset: number, width: number, op: number, value: bigint): bigint | number;
  /** Maps a BPF_MAP_TYPE_RINGBUF of `sizeBytes` (its max_entries). @returns a handle, or `-errno` */
  ringOpen(fd: number, sizeBytes: number): NativeHandle | number;
  /**
   * Copies records into `out`, each as `u32 length, u32 0, data, zeros up to 8 bytes`, publishes the consumer's position once
   * and stops when `out` is full, at `maxRecords`, or at a record that is still being written.
   * @returns bytes used in `out`; 0 when there is none; `-(size + 2^31)` when the next record alone needs `size` bytes of `out`;
   * `-EIO` when positions or lengths can't be a ring's; another `-errno`
   */
  ringDrain(handle: NativeHandle, out: View, maxRecords: number): number;
  /** Bytes between the consumer's and the producer's position, discarded and unfinished records included, or `-errno`. */
  ringAvailable(handle: NativeHandle): number;
  /** Maps `pages` data pages (a power of two) of a perf event. @returns a handle, or `-errno` */
  perfOpen(fd: number, pages: number): NativeHandle | number;
  /**
   * As {@link ringDrain}, of an event whose `sample_type` is PERF_SAMPLE_RAW alone; records are `u32 length, u32 type, data`:
   * type 9 (SAMPLE) holds the raw data alone (its length as the kernel says, padding included), type 2 (LOST) a u64 count;
   * others are given whole after their header.
   */
  perfDrain(handle: NativeHandle, out: View, maxRecords: number): number;
  /** Maps a BPF_MAP_TYPE_USER_RINGBUF of `sizeBytes` for producing. @returns a handle, or `-errno` */
  userRingOpen(fd: number, sizeBytes: number): NativeHandle | number;
  /** Submits one sample; one thread at a time. @returns 0, `-ENOSPC` when there is no room now, `-E2BIG` when there never will be, `-EBADF` */
  userRingSubmit(handle: NativeHandle, data: View): number;
  /** Unmaps and frees what a handle of any type but a poll holds; a second call does nothing. @returns 0 */
  close(handle: NativeHandle): number;
  /**
   * Watches `fd` on the event loop (1 readable, 2 writable, 4 disconnect, 8 prioritized) and calls back with the status (0 or
   * `-errno`, which is the last call) and the events. libuv makes `fd` non-blocking, takes each descriptor once (`-EEXIST`)
   * and needs it open until {@link pollStop}. The watch, not the handle, keeps the callback alive.
   * @returns a handle, or `-errno`
   */
  pollStart(fd: number, events: number, callback: (status: number, events: number) => void): NativeHandle | number;
  /** Ends a watch; no callback follows, from within the callback too. A second call does nothing. @returns 0 */
  pollStop(handle: NativeHandle): number;
  /** Says whether the watch keeps the process alive (it does at first). @returns 0 or `-EBADF` */
  pollRef(handle: NativeHandle, isRef: boolean): number;
}

/** The `-(size + 2^31)` by which a drain says that the next record alone needs `size` bytes. */
export const DRAIN_NEEDS: number = 2 ** 31;

let addon: NativeAddon | undefined;

/**
 * Loads the addon on the first call: the file that `EBPF_TS_ADDON` names, else the prebuilt one.
 * @throws {UnsupportedError} when there is none for this platform
 */
export function native(): NativeAddon {
  addon ??= loadAddon();
  return addon;
}

function loadAddon(): NativeAddon {
  const target = `${process.platform}-${process.arch}`;
  const load = createRequire(import.meta.url);
  const chosen = process.env.EBPF_TS_ADDON;
  const packaged = fileURLToPath(new URL(`../../prebuilds/${target}/ebpf.node`, import.meta.url));
  const file = chosen ?? packaged;
  try {
    // The addon exports exactly NativeAddon; native.test.ts compares the names.
    return load(file) as NativeAddon;
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UnsupportedError(
      `native addon for ${target} cannot be loaded from ${file} (${why}); prebuilt are linux-x64 and linux-arm64, ` +
        "elsewhere build packages/ebpf/native with one cc line (its README) and set EBPF_TS_ADDON to the file",
      { feature: `native addon for ${target}`, cause },
    );
  }
}
