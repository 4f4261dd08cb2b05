import { possibleCpuCount } from "../kernel/cpus.ts";
import { MapType } from "../object/map-type.gen.ts";
import { bpfRefusal, createMap, freezeMap, readObjectInfo } from "../sys/bpf.ts";
import { BpfCommand } from "../sys/command.gen.ts";
import { Errno } from "../sys/errno.ts";
import { Fd } from "../sys/fd.ts";
import { native } from "../sys/native.ts";

/** What a map is made from: a part of MapSpec. */
export interface MapOptions {
  /** The kernel keeps the first 15 bytes. */
  readonly name: string;
  readonly type: MapType;
  /** Bytes of a key. */
  readonly keySize: number;
  /** Bytes of a value; for one CPU in the per-CPU kinds. */
  readonly valueSize: number;
  /** Most entries; bytes for ring buffers; 0 for a perf event array means one for each possible CPU. */
  readonly maxEntries: number;
  /** BPF_F_* of map creation. */
  readonly flags?: number;
  /** Type-specific 64 bits. */
  readonly mapExtra?: bigint;
  /** Descriptor of loaded types that the two ids are of. */
  readonly btfFd?: number | undefined;
  readonly keyTypeId?: number;
  readonly valueTypeId?: number;
}

/** Whether an update may create, replace, or both. @source kernel: include/uapi/linux/bpf.h, BPF_ANY */
export const UpdateMode = { Any: 0, NoExist: 1, Exist: 2 } as const;
/** One of the values of {@link UpdateMode}. */
export type UpdateMode = (typeof UpdateMode)[keyof typeof UpdateMode];

const PER_CPU_TYPES: ReadonlySet<MapType> = new Set([
  MapType.PerCpuHash,
  MapType.PerCpuArray,
  MapType.LruPerCpuHash,
  MapType.PerCpuCgroupStorage,
]);

/** Kinds whose key and value the kernel takes no types for. */
const UNTYPED: ReadonlySet<MapType> = new Set([
  MapType.PerfEventArray,
  MapType.RingBuf,
  MapType.CgroupArray,
  MapType.ProgArray,
  MapType.StackTrace,
  MapType.ArrayOfMaps,
  MapType.HashOfMaps,
]);

/**
 * A map in the kernel. Holds a descriptor: close it, or let `using` do so; programs that use the map keep it in the kernel.
 * Keys and values are bytes in the machine's order.
 */
export class BpfMap {
  /** Name in the object; the kernel's own may be shorter. */
  readonly name: string;
  /** Kind of map. */
  readonly type: MapType;
  /** Bytes of a key. */
  readonly keySize: number;
  /** Bytes of a value; for one CPU in the per-CPU kinds. */
  readonly valueSize: number;
  /** Most entries; bytes for ring buffers. */
  readonly maxEntries: number;
  /**
   * The per-CPU array in which the object's program counts what this ring buffer had no room for; found by its name, NAME_lost.
   * Closed with its own collection, not with this map.
   */
  readonly lostCounts: BpfMap | undefined;
  readonly #fd: Fd;
  #id: number | undefined;

  /**
   * @param fd open descriptor; owned from now on
   * @param options what the map was made from
   * @param lostCounts the ring buffer's loss counters
   */
  private constructor(fd: Fd, options: MapOptions, lostCounts: BpfMap | undefined) {
    this.#fd = fd;
    this.name = options.name;
    this.type = options.type;
    this.keySize = options.keySize;
    this.valueSize = options.valueSize;
    this.maxEntries = options.maxEntries;
    this.lostCounts = lostCounts;
  }

  /**
   * Creates a map.
   *
   * @param options kind, sizes and name
   * @param lostCounts for a ring buffer, the counters of what it had no room for
   * @throws {SyscallError} when the kernel refuses it; names the missing capability
   * @kernel 3.19, later for most kinds
   */
  static create(options: MapOptions, lostCounts?: BpfMap): BpfMap {
    const { name, type, keySize, valueSize } = options;
    const isPerfArray = type === MapType.PerfEventArray && options.maxEntries === 0;
    const maxEntries = isPerfArray ? possibleCpuCount() : options.maxEntries;
    const isTyped = !UNTYPED.has(type);
    const fd = createMap({
      name,
      type,
      keySize,
      valueSize,
      maxEntries,
      flags: options.flags ?? 0,
      mapExtra: options.mapExtra ?? 0n,
      btfFd: isTyped ? options.btfFd : undefined,
      keyTypeId: options.keyTypeId ?? 0,
      valueTypeId: options.valueTypeId ?? 0,
    });
    return new BpfMap(new Fd(fd, `map "${name}"`), { ...options, maxEntries }, lostCounts);
  }

  /** The descriptor's number, valid until {@link close}. @throws {ClosedError} after it */
  get fd(): number {
    return this.#fd.number;
  }

  /** Whether {@link close} was called. */
  get isClosed(): boolean {
    return this.#fd.isClosed;
  }

  /** The kernel's number for the map. @throws {SyscallError} when the kernel won't tell @kernel 4.13 */
  get id(): number {
    if (this.#id === undefined) {
      const info = new Uint8Array(8);
      readObjectInfo(this.fd, info, this.#fd.what);
      this.#id = new DataView(info.buffer).getUint32(4, true);
    }
    return this.#id;
  }

  /** Whether each CPU has a value of its own. */
  get isPerCpu(): boolean {
    return PER_CPU_TYPES.has(this.type);
  }

  /** Bytes that one look-up gives: for per-CPU kinds one value, rounded up to 8 bytes, for each possible CPU. */
  get lookupSize(): number {
    return this.isPerCpu ? Math.ceil(this.valueSize / 8) * 8 * possibleCpuCount() : this.valueSize;
  }

  /**
   * Reads an element.
   *
   * @returns a fresh copy of its value, {@link lookupSize} bytes; undefined when there is none
   * @throws {RangeError} when the key has another size
   * @throws {SyscallError} when the kernel refuses
   */
  get(key: Uint8Array): Uint8Array | undefined {
    const value = new Uint8Array(this.lookupSize);
    return this.getInto(key, value) ? value : undefined;
  }

  /**
   * Reads an element into `value`, without making anything.
   *
   * @returns whether there is one
   * @throws {RangeError} when key or value has another size
   * @throws {SyscallError} when the kernel refuses
   */
  getInto(key: Uint8Array, value: Uint8Array): boolean {
    this.#checkSize("key", key, this.keySize);
    this.#checkSize("value", value, this.lookupSize);
    return this.#element(BpfCommand.MapLookupElem, key, value, 0);
  }

  /**
   * Writes an element.
   *
   * @param value for per-CPU kinds the values of all possible CPUs, {@link lookupSize} bytes
   * @throws {RangeError} when key or value has another size
   * @throws {SyscallError} when the kernel refuses: `EEXIST` and `ENOENT` by the mode, `E2BIG` when full
   */
  set(key: Uint8Array, value: Uint8Array, mode: UpdateMode = UpdateMode.Any): void {
    this.#checkSize("key", key, this.keySize);
    this.#checkSize("value", value, this.lookupSize);
    if (!this.#element(BpfCommand.MapUpdateElem, key, value, mode)) {
      throw bpfRefusal(BpfCommand.MapUpdateElem, this.#fd.what, -Errno.ENOENT, []);
    }
  }

  /**
   * Removes an element.
   *
   * @returns whether there was one
   * @throws {SyscallError} when the kernel refuses: `EINVAL` for arrays
   */
  delete(key: Uint8Array): boolean {
    this.#checkSize("key", key, this.keySize);
    return this.#element(BpfCommand.MapDeleteElem, key, null, 0);
  }

  /**
   * Goes over the keys, each a fresh copy. Keys that others add or remove meanwhile may be seen or not; a key
   * removed just when it is the present one makes the kernel begin again.
   */
  *keys(): Generator<Uint8Array, void, undefined> {
    let key: Uint8Array | null = null;
    for (;;) {
      const next: Uint8Array = new Uint8Array(this.keySize);
      if (!this.#element(BpfCommand.MapGetNextKey, key, next, 0)) return;
      yield next;
      key = next;
    }
  }

  /** Forbids user space to change the contents from now on. @throws {SyscallError} @kernel 5.2 */
  freeze(): void {
    freezeMap(this.fd, this.name);
  }

  /** Closes the descriptor; a second call does nothing. */
  close(): void {
    this.#fd.close();
  }

  /** Closes the map at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }

  /** One element call. @returns false for ENOENT */
  #element(command: BpfCommand, key: Uint8Array | null, value: Uint8Array | null, flags: number): boolean {
    const result = native().mapElem(command, this.fd, key, value, flags);
    if (result >= 0) return true;
    if (result === -Errno.ENOENT) return false;
    throw bpfRefusal(command, this.#fd.what, result, ["CAP_BPF"]);
  }

  #checkSize(part: string, bytes: Uint8Array, wanted: number): void {
    if (bytes.length !== wanted)
      throw new RangeError(`map "${this.name}": ${part} of ${bytes.length} bytes, wanted ${wanted}`);
  }
}
