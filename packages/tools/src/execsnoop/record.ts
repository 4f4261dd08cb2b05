/**
 * The records that execsnoop.bpf.c sends, decoded. The layout is that of its `struct record`:
 *
 * | offset | field | | offset | field |
 * | --- | --- | --- | --- | --- |
 * | 0 | u64 time_ns | | 32 | s32 dirfd |
 * | 8 | u32 pid | | 36 | u32 data_bytes |
 * | 12 | u32 ppid | | 40 | u16 args_read |
 * | 16 | u32 uid | | 42 | u8 kind |
 * | 20 | s32 ret | | 43 | u8 flags |
 * | 24 | u32 argc | | 44 | char comm[16] |
 * | 28 | u32 block_bytes | | 60 | char data[] |
 */
import type { ByteString } from "./byte-string.ts";

/** Where the fields of a record begin, in bytes. */
export const RECORD_LAYOUT = {
  time_ns: 0,
  pid: 8,
  ppid: 12,
  uid: 16,
  ret: 20,
  argc: 24,
  block_bytes: 28,
  dirfd: 32,
  data_bytes: 36,
  args_read: 40,
  kind: 42,
  flags: 43,
  comm: 44,
  data: 60,
} as const;

/** What a record tells. */
export const RecordKind = { Exec: 0, Args: 1, Env: 2, Directory: 3 } as const;
/** One of the values of {@link RecordKind}. */
export type RecordKind = (typeof RecordKind)[keyof typeof RecordKind];

/** Flag of an exec: its arguments begin with those of the script's interpreter. */
export const FLAG_SCRIPT = 1;
/** Flag of a directory: its path is longer than what was sent. */
export const FLAG_CUT = 1;
/** What `dirfd` is unless a system call named another directory. */
export const AT_FDCWD = -100;

const COMM_BYTES = 16;

/** One record of the ring. */
export interface ExecRecord {
  /** Time of the monotonic clock, in microseconds. */
  readonly timeUs: number;
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  /** 0, or the negative error number of an exec that failed. */
  readonly ret: number;
  /** Arguments there are, an interpreter's included; of a failed exec at most one more than were read. */
  readonly argc: number;
  /** Bytes of the whole block that the data of Args and Env is a piece of. */
  readonly blockBytes: number;
  /** Directory of a failed exec's relative path. */
  readonly dirfd: number;
  /** Arguments, or names of directories, in {@link data}. */
  readonly argsRead: number;
  readonly kind: number;
  readonly flags: number;
  /** Name of the process, by now the new one's if the exec succeeded. */
  readonly comm: ByteString;
  /** Exec: path and arguments. Args and Env: a piece of a block. Directory: names, innermost first. Each string ends with NUL. */
  readonly data: ByteString;
}

/**
 * Decodes one record.
 *
 * @param bytes holds the record; may be overwritten afterwards
 * @param offset of the record in `bytes`
 * @param length of the record in bytes
 * @throws {RangeError} when the record is shorter than it says, as no object of this version sends it
 */
export function decodeRecord(bytes: Buffer, offset: number, length: number): ExecRecord {
  const at = (field: keyof typeof RECORD_LAYOUT): number => offset + RECORD_LAYOUT[field];
  const dataBytes = length < RECORD_LAYOUT.data ? Number.POSITIVE_INFINITY : bytes.readUInt32LE(at("data_bytes"));
  if (RECORD_LAYOUT.data + dataBytes > length) throw new RangeError(`record of ${length} bytes is cut short`);
  // The name and the data are neighbours: one call of Node.js, of which each costs more than all the numbers, gives both.
  const text = bytes.toString("latin1", at("comm"), at("data") + dataBytes);
  const commEnd = text.indexOf("\0");
  return {
    timeUs: (bytes.readUInt32LE(at("time_ns") + 4) * 2 ** 32 + bytes.readUInt32LE(at("time_ns"))) / 1000,
    pid: bytes.readUInt32LE(at("pid")),
    ppid: bytes.readUInt32LE(at("ppid")),
    uid: bytes.readUInt32LE(at("uid")),
    ret: bytes.readInt32LE(at("ret")),
    argc: bytes.readUInt32LE(at("argc")),
    blockBytes: bytes.readUInt32LE(at("block_bytes")),
    dirfd: bytes.readInt32LE(at("dirfd")),
    argsRead: bytes.readUInt16LE(at("args_read")),
    kind: bytes.readUInt8(at("kind")),
    flags: bytes.readUInt8(at("flags")),
    comm: text.slice(0, commEnd < 0 ? COMM_BYTES : Math.min(commEnd, COMM_BYTES)),
    data: text.slice(COMM_BYTES),
  };
}
