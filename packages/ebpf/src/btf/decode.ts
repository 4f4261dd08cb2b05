import { ByteReader } from "../bytes/reader.ts";
import { BtfSpec } from "./spec.ts";
import { StringSection } from "./strings.ts";

const MAGIC = 0xeb9f;
const VERSION = 1;
const HEADER_BYTES = 24;
const isHostLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** What {@link decodeBtf} may be told besides the bytes. */
export interface DecodeBtfOptions {
  /** The blob that this one adds to, for split BTF: a kernel module's base is the kernel. */
  readonly base?: BtfSpec | undefined;
  /** Name of the section or file that the bytes are of, for errors. */
  readonly section?: string | undefined;
}

/**
 * Checks a BTF header and gives access to the types behind it. No type is decoded or even located yet: the cost is the same for
 * any size, and an error further on is thrown by what comes upon it.
 *
 * | bytes | field |
 * | --- | --- |
 * | 0-1 | magic 0xeb9f; its order is the blob's byte order |
 * | 2, 3 | version 1, flags |
 * | 4-7 | bytes of the header; 24 are known, more are skipped |
 * | 8-15 | types: offset from the header's end, a multiple of 4, and size |
 * | 16-23 | strings: offset from the header's end, and size |
 *
 * @param bytes the blob; not copied, and not to be changed as long as the spec is used
 * @throws {FormatError} when the header isn't BTF's, or a part is outside of the bytes
 * @source kernel: include/uapi/linux/btf.h, struct btf_header
 */
export function decodeBtf(bytes: Uint8Array, options: DecodeBtfOptions = {}): BtfSpec {
  const { base, section } = options;
  const littleEndian = bytes[0] === (MAGIC & 0xff);
  const reader = new ByteReader(bytes, { littleEndian, format: "btf", section });
  const magic = reader.u16("btf_header.magic");
  if (magic !== MAGIC) throw reader.error(`btf_header.magic is 0x${magic.toString(16)}, wanted 0xeb9f`, 0);
  const version = reader.u8("btf_header.version");
  if (version !== VERSION) throw reader.error(`btf_header.version is ${version}, wanted ${VERSION}`, 2);
  reader.skip(1, "btf_header.flags");
  const headerBytes = reader.u32("btf_header.hdr_len");
  if (headerBytes < HEADER_BYTES) {
    throw reader.error(`btf_header.hdr_len is ${headerBytes}, wanted ${HEADER_BYTES} or more`, 4);
  }
  const typeOffset = reader.u32("btf_header.type_off");
  const typeBytes = reader.u32("btf_header.type_len");
  const stringOffset = reader.u32("btf_header.str_off");
  const stringBytes = reader.u32("btf_header.str_len");
  if (typeOffset % 4 !== 0 || typeBytes % 4 !== 0) {
    throw reader.error(`types at byte ${typeOffset}, ${typeBytes} bytes: wanted multiples of 4`, 8);
  }
  if (base !== undefined && base.littleEndian !== littleEndian) {
    throw reader.error(`byte order differs from the base's`, 0);
  }
  reader.seek(headerBytes + typeOffset, "btf_header.type_off");
  const types = reader.take(typeBytes, "the types");
  reader.seek(headerBytes + stringOffset, "btf_header.str_off");
  const strings = reader.take(stringBytes, "the strings");
  const isEmptySplit = base !== undefined && stringBytes === 0;
  if (!isEmptySplit && ((strings[0] !== 0 && base === undefined) || strings[stringBytes - 1] !== 0)) {
    throw reader.error("the strings don't begin and end with a NUL", headerBytes + stringOffset);
  }
  return new BtfSpec({
    bytes,
    littleEndian,
    base,
    words: toWords(types, littleEndian),
    strings: new StringSection(strings, base?.strings, section),
    section,
  });
}

/** Every field of every record is 4 bytes, so that one array in host order serves all; a copy only where it has to be. */
function toWords(types: Uint8Array, littleEndian: boolean): Uint32Array {
  if (littleEndian === isHostLittleEndian && types.byteOffset % 4 === 0) {
    return new Uint32Array(types.buffer, types.byteOffset, types.length / 4);
  }
  const words = new Uint32Array(types.length / 4);
  const view = new DataView(types.buffer, types.byteOffset, types.length);
  for (let index = 0; index < words.length; index++) words[index] = view.getUint32(index * 4, littleEndian);
  return words;
}
