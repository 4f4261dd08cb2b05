import type { CoreRelocation, SourcePosition } from "../asm/instruction.ts";
import { ByteReader } from "../bytes/reader.ts";
import type { BtfSpec } from "./spec.ts";
import { MAX_LINE_BYTES, type StringSection } from "./strings.ts";

const MAGIC = 0xeb9f;
const VERSION = 1;
const HEADER_BYTES = 24;
const HEADER_BYTES_WITH_CORE = 32;
const FUNCTION_BYTES = 8;
const LINE_BYTES = 16;
const CORE_BYTES = 16;

/** Most steps of a CO-RE access. @source libbpf: BPF_CORE_SPEC_MAX_LEN */
export const MAX_ACCESS_STEPS = 64;

/** Where a function starts, and what its type is. */
export interface BtfExtFunction {
  /** Bytes from the start of the section of code. */
  readonly insnOffset: number;
  /** Id of the FUNC type. */
  readonly typeId: number;
}

/** The source line of the instructions from here on. File and text are read when they are asked for. */
export interface BtfExtLine extends SourcePosition {
  /** Bytes from the start of the section of code. */
  readonly insnOffset: number;
}

/** A CO-RE relocation of one instruction. */
export interface BtfExtCoreRelocation extends CoreRelocation {
  /** Bytes from the start of the section of code. */
  readonly insnOffset: number;
}

/** What `.BTF.ext` says of an object's instructions: records by the name of the ELF section of code, in the file's order. */
export interface BtfExt {
  readonly functions: ReadonlyMap<string, readonly BtfExtFunction[]>;
  readonly lines: ReadonlyMap<string, readonly BtfExtLine[]>;
  readonly relocations: ReadonlyMap<string, readonly BtfExtCoreRelocation[]>;
}

/** What `.BTF.ext` is read with. */
export interface DecodeBtfExtOptions {
  /** The object's BTF, whose strings the records name. */
  readonly spec: BtfSpec;
  /** Byte order of the object. */
  readonly littleEndian: boolean;
  /** Name for errors; `.BTF.ext` when left out. */
  readonly section?: string | undefined;
}

/**
 * Decodes a `.BTF.ext` section.
 *
 * | bytes | field |
 * | --- | --- |
 * | 0-3 | magic 0xeb9f, version 1, flags |
 * | 4-7 | bytes of the header: 24, or 32 and more with CO-RE relocations |
 * | 8-15, 16-23, 24-31 | functions, lines, relocations: offset from the header's end, and size |
 *
 * Each part begins with the bytes of a record (more than are known are skipped); then for each section of code: name, count, records.
 *
 * @throws {FormatError} when a part, record or string is outside of its section, a record is too small, or an access isn't
 * numbers with colons between, {@link MAX_ACCESS_STEPS} at most
 * @source kernel: include/uapi/linux/bpf.h, struct bpf_core_relo; libbpf: struct btf_ext_header
 */
export function decodeBtfExt(bytes: Uint8Array, options: DecodeBtfExtOptions): BtfExt {
  const { spec, littleEndian, section = ".BTF.ext" } = options;
  const { strings } = spec;
  const reader = new ByteReader(bytes, { littleEndian, format: "btf.ext", section });
  const magic = reader.u16("btf_ext_header.magic");
  if (magic !== MAGIC) throw reader.error(`btf_ext_header.magic is 0x${magic.toString(16)}, wanted 0xeb9f`, 0);
  const version = reader.u8("btf_ext_header.version");
  if (version !== VERSION) throw reader.error(`btf_ext_header.version is ${version}, wanted ${VERSION}`, 2);
  reader.skip(1, "btf_ext_header.flags");
  const headerBytes = reader.u32("btf_ext_header.hdr_len");
  if (headerBytes < HEADER_BYTES) {
    throw reader.error(`btf_ext_header.hdr_len is ${headerBytes}, wanted ${HEADER_BYTES} or more`, 4);
  }
  const openPart = (field: string, recordBytes: number): Part => {
    const offset = headerBytes + reader.u32(`btf_ext_header.${field}_off`);
    const sizeBytes = reader.u32(`btf_ext_header.${field}_len`);
    const end = offset + sizeBytes;
    if (end > bytes.length) throw reader.error(`${field} ends at byte ${end} of ${bytes.length}`, offset);
    const part = new ByteReader(bytes.subarray(0, end), { littleEndian, format: "btf.ext", section });
    part.seek(offset, field);
    return { field, recordBytes, reader: part, strings };
  };
  const functions = openPart("func_info", FUNCTION_BYTES);
  const lines = openPart("line_info", LINE_BYTES);
  const relocations = headerBytes >= HEADER_BYTES_WITH_CORE ? openPart("core_relo", CORE_BYTES) : undefined;
  return {
    functions: readPart(functions, readFunction),
    lines: readPart(lines, (record) => new Line(record, strings)),
    relocations:
      relocations === undefined ? new Map() : readPart(relocations, (record) => readRelocation(record, strings)),
  };
}

/** One of the three tables. */
interface Part {
  readonly field: string;
  /** Bytes of a record that are known. */
  readonly recordBytes: number;
  readonly reader: ByteReader;
  readonly strings: StringSection;
}

function readPart<T>(part: Part, readRecord: (reader: ByteReader) => T): Map<string, T[]> {
  const { field, recordBytes, reader, strings } = part;
  const sections = new Map<string, T[]>();
  if (reader.remaining === 0) return sections;
  const givenBytes = reader.u32(`${field}.rec_size`);
  if (givenBytes < recordBytes || givenBytes % 4 !== 0) {
    throw reader.error(
      `${field}.rec_size is ${givenBytes}, wanted a multiple of 4 from ${recordBytes}`,
      reader.offset - 4,
    );
  }
  while (reader.remaining > 0) {
    const name = strings.at(reader.u32(`${field}.sec_name_off`));
    const count = reader.u32(`${field}.num_info`);
    if (count * givenBytes > reader.remaining) {
      throw reader.error(`${field} of "${name}" has ${count} records of ${givenBytes} bytes in ${reader.remaining}`);
    }
    const records = sections.get(name) ?? [];
    for (let index = 0; index < count; index++) {
      const start = reader.offset;
      records.push(readRecord(reader));
      reader.seek(start + givenBytes, field);
    }
    sections.set(name, records);
  }
  return sections;
}

function readFunction(reader: ByteReader): BtfExtFunction {
  return { insnOffset: reader.u32("bpf_func_info.insn_off"), typeId: reader.u32("bpf_func_info.type_id") };
}

/** Keeps its place in the table: lines are many, and few are ever shown. */
class Line implements BtfExtLine {
  readonly insnOffset: number;
  readonly #reader: ByteReader;
  readonly #start: number;
  readonly #strings: StringSection;

  constructor(reader: ByteReader, strings: StringSection) {
    this.#reader = reader;
    this.#start = reader.offset;
    this.#strings = strings;
    this.insnOffset = reader.u32("bpf_line_info.insn_off");
  }

  get file(): string {
    return this.#strings.at(this.#read(4, "bpf_line_info.file_name_off"), MAX_LINE_BYTES);
  }

  get text(): string {
    return this.#strings.at(this.#read(8, "bpf_line_info.line_off"), MAX_LINE_BYTES);
  }

  get line(): number {
    return this.#read(12, "bpf_line_info.line_col") >>> 10;
  }

  get column(): number {
    return this.#read(12, "bpf_line_info.line_col") & 0x3ff;
  }

  #read(at: number, field: string): number {
    this.#reader.seek(this.#start + at, field);
    return this.#reader.u32(field);
  }
}

function readRelocation(reader: ByteReader, strings: StringSection): BtfExtCoreRelocation {
  const start = reader.offset;
  const insnOffset = reader.u32("bpf_core_relo.insn_off");
  const typeId = reader.u32("bpf_core_relo.type_id");
  const access = strings.at(reader.u32("bpf_core_relo.access_str_off"));
  const coreKind = reader.u32("bpf_core_relo.kind");
  const steps = access.split(":", MAX_ACCESS_STEPS + 1);
  if (steps.length > MAX_ACCESS_STEPS || steps.some((step) => !/^\d{1,9}$/.test(step))) {
    throw reader.error(
      `bpf_core_relo.access_str is "${access}", wanted up to ${MAX_ACCESS_STEPS} numbers with colons between`,
      start,
    );
  }
  return { insnOffset, coreKind, typeId, accessor: steps.map(Number) };
}
