import { ByteWriter } from "../bytes/writer.ts";
import { sizeOf } from "./layout.ts";
import type { BtfSpec } from "./spec.ts";
import { HEAD_WORDS, kindOfInfo, vlenOfInfo } from "./type-index.ts";
import { BtfKind, BtfLinkage } from "./types.ts";

const MAGIC = 0xeb9f;
const VERSION = 1;
const HEADER_BYTES = 24;
const INFO = 1;
const SIZE = 2;
const TYPE = 2;
const EXTERN_BYTES = 4;
const encoder = new TextEncoder();

/** Kinds of type and linkage that a kernel knows. */
export interface KernelBtfSupport {
  /** Functions and their prototypes. @kernel 5.0 */
  readonly funcs: boolean;
  /** Variables and data sections. @kernel 5.2 */
  readonly dataSections: boolean;
  /** Functions that aren't static. @kernel 5.6 */
  readonly globalFuncs: boolean;
  /** @kernel 5.13 */
  readonly float: boolean;
  /** @kernel 5.16 */
  readonly declTag: boolean;
  /** @kernel 5.17 */
  readonly typeTag: boolean;
  /** 64-bit enums, and signed ones. @kernel 6.0 */
  readonly enum64: boolean;
}

/** Where the file puts the variables of one data section. */
export interface DataSectionLayout {
  readonly sizeBytes: number;
  /** Bytes from the section's start, by the variable's name. */
  readonly offsets: ReadonlyMap<string, number>;
}

/** What {@link encodeForKernel} fits the types to. */
export interface EncodeForKernelOptions {
  /** Data sections by name; those that aren't here keep what they say. */
  readonly sections?: ReadonlyMap<string, DataSectionLayout> | undefined;
  /** What the kernel knows. */
  readonly supports: KernelBtfSupport;
}

/**
 * Encodes an object's types as a kernel takes them. Every type keeps its id; what is added comes behind the last.
 *
 * - Data sections get sizes and offsets, and their variables in order.
 * - Externs, which no kernel takes, become variables of the object: those of `.ksyms` 4-byte integers, others what they are.
 * - Kinds that the kernel lacks become others of the same size.
 *
 * | kind | becomes |
 * | --- | --- |
 * | data section | struct of that size, dots in its name `_` |
 * | variable, declaration tag | 1-byte int |
 * | function; its prototype | typedef; enum |
 * | global function | static function |
 * | float | struct of that size |
 * | type tag | const |
 * | 64-bit enum | union of that size |
 *
 * @returns a blob of its own
 * @throws {FormatError} when the types are broken
 * @source libbpf: bpf_object__sanitize_btf, btf_fixup_datasec, bpf_object__collect_externs
 */
export function encodeForKernel(spec: BtfSpec, options: EncodeForKernelOptions): Uint8Array {
  const types = new TypeEditor(spec);
  const { supports, sections } = options;
  for (const record of types.ofKind(BtfKind.DataSection))
    placeVariables(types, record, sections?.get(types.nameAt(record)));
  for (const record of types.ofKind(BtfKind.Variable)) {
    if (types.words[record + HEAD_WORDS] === BtfLinkage.Extern) types.words[record + HEAD_WORDS] = BtfLinkage.Global;
  }
  for (const record of types.ofKind(BtfKind.Function)) {
    if (types.vlenAt(record) !== BtfLinkage.Extern) continue;
    types.setInfo(record, BtfKind.Function, BtfLinkage.Static);
    const prototype = types.recordOf(types.words[record + TYPE] ?? 0);
    // The kernel wants a name for each parameter of a function.
    if (types.kindAt(prototype) === BtfKind.FunctionPrototype) nameParameters(types, prototype);
  }
  // Sections first: their members get the names of what are still variables.
  if (!supports.dataSections) {
    for (const record of types.ofKind(BtfKind.DataSection)) replaceDataSection(types, record);
    for (const record of types.ofKind(BtfKind.Variable)) replaceByByte(types, record);
  }
  if (!supports.declTag) for (const record of types.ofKind(BtfKind.DeclarationTag)) replaceByByte(types, record);
  if (!supports.funcs) {
    for (const record of types.ofKind(BtfKind.Function)) types.setInfo(record, BtfKind.Typedef, 0);
    for (const record of types.ofKind(BtfKind.FunctionPrototype)) {
      nameParameters(types, record, true);
      types.setInfo(record, BtfKind.Enum, types.vlenAt(record));
      types.words[record + SIZE] = 4;
    }
  } else if (!supports.globalFuncs) {
    for (const record of types.ofKind(BtfKind.Function)) types.setInfo(record, BtfKind.Function, BtfLinkage.Static);
  }
  if (!supports.float)
    for (const record of types.ofKind(BtfKind.Float)) replaceByAnonymous(types, record, BtfKind.Struct);
  if (!supports.typeTag)
    for (const record of types.ofKind(BtfKind.TypeTag)) replaceByAnonymous(types, record, BtfKind.Const);
  if (!supports.enum64) {
    // The flag that tells signed enums came together with 64-bit ones.
    for (const record of types.ofKind(BtfKind.Enum)) types.setInfo(record, BtfKind.Enum, types.vlenAt(record));
    for (const record of types.ofKind(BtfKind.Enum64)) replaceEnum64(types, record);
  }
  return types.finish();
}

/** A copy of a type section that is changed in place, and what is added to it. Records are named by their word offset. */
class TypeEditor {
  readonly words: number[];
  readonly #spec: BtfSpec;
  readonly #records: number[] = [];
  readonly #addedStrings: number[] = [];
  readonly #addedIds = new Map<string, number>();
  readonly #addedNames = new Map<string, number>();

  constructor(spec: BtfSpec) {
    this.#spec = spec;
    this.words = Array.from(spec.words);
    for (let id = spec.firstId; id < spec.typeCount; id++) this.#records.push(spec.recordOf(id));
  }

  /** The records that are of a kind now. */
  ofKind(kind: BtfKind): number[] {
    return this.#records.filter((record) => kindOfInfo(this.words[record + INFO] ?? 0) === kind);
  }

  recordOf(id: number): number {
    return this.#records[id - this.#spec.firstId] ?? this.#spec.recordOf(id);
  }

  kindAt(record: number): number {
    return kindOfInfo(this.words[record + INFO] ?? 0);
  }

  vlenAt(record: number): number {
    return vlenOfInfo(this.words[record + INFO] ?? 0);
  }

  nameAt(record: number): string {
    return this.#spec.strings.at(this.words[record] ?? 0);
  }

  sizeOf(id: number): number {
    return sizeOf(this.#spec, id);
  }

  setInfo(record: number, kind: BtfKind, vlen: number): void {
    this.words[record + INFO] = ((kind << 24) | vlen) >>> 0;
  }

  /** Word offsets of the three-word parts behind a record's head. */
  *entriesOf(record: number): Generator<number> {
    const end = record + HEAD_WORDS + this.vlenAt(record) * 3;
    for (let entry = record + HEAD_WORDS; entry < end; entry += 3) yield entry;
  }

  /** The offset of a string, added when it's new. */
  addName(name: string): number {
    const known = this.#addedNames.get(name);
    if (known !== undefined) return known;
    const offset = this.#spec.strings.end + this.#addedStrings.length;
    this.#addedStrings.push(...encoder.encode(name), 0);
    this.#addedNames.set(name, offset);
    return offset;
  }

  /** The id of an int, added when it's new. */
  addInt(name: string, sizeBytes: number): number {
    return this.#add(`int ${name}`, [this.addName(name), (BtfKind.Int << 24) >>> 0, sizeBytes, sizeBytes * 8]);
  }

  /** The id of a variable, added when it's new. */
  addVariable(name: string, typeId: number): number {
    const info = (BtfKind.Variable << 24) >>> 0;
    return this.#add(`var ${name}`, [this.addName(name), info, typeId, BtfLinkage.Global]);
  }

  /** The whole blob: header, types, strings. */
  finish(): Uint8Array {
    const { littleEndian, strings } = this.#spec;
    const typeBytes = this.words.length * 4;
    const stringBytes = strings.bytes.length + this.#addedStrings.length;
    const writer = new ByteWriter(littleEndian, HEADER_BYTES + typeBytes + stringBytes);
    writer.u16(MAGIC).u8(VERSION).u8(0).u32(HEADER_BYTES);
    writer.u32(0).u32(typeBytes).u32(typeBytes).u32(stringBytes);
    for (const word of this.words) writer.u32(word);
    return writer.put(strings.bytes).put(Uint8Array.from(this.#addedStrings)).finish();
  }

  #add(key: string, record: readonly number[]): number {
    const known = this.#addedIds.get(key);
    if (known !== undefined) return known;
    const id = this.#spec.firstId + this.#records.length;
    this.#records.push(this.words.length);
    this.words.push(...record);
    this.#addedIds.set(key, id);
    return id;
  }
}

/** Gives a data section its size, and its variables their places, in order. Entries are type, offset, size. */
function placeVariables(types: TypeEditor, record: number, layout: DataSectionLayout | undefined): void {
  const { words } = types;
  const name = types.nameAt(record);
  // The question mark of sections that are left out unless asked for; kernels before 6.11 refuse it.
  if (name.startsWith("?")) words[record] = types.addName(name.replace("?", "_"));
  if (layout !== undefined) {
    words[record + SIZE] = layout.sizeBytes;
    for (const entry of types.entriesOf(record)) {
      const offset = layout.offsets.get(types.nameAt(types.recordOf(words[entry] ?? 0)));
      if (offset !== undefined) words[entry + 1] = offset;
    }
  } else if (name === ".ksyms") placeKernelSymbols(types, record);
  else if ([...types.entriesOf(record)].some((entry) => isExtern(types, words[entry] ?? 0)))
    placeExterns(types, record);
  sortEntries(types, record);
}

function isExtern(types: TypeEditor, id: number): boolean {
  const record = types.recordOf(id);
  return types.kindAt(record) === BtfKind.Variable && types.words[record + HEAD_WORDS] === BtfLinkage.Extern;
}

/** Kernel symbols have neither bytes nor, for the kernel, the type that the object gives them. */
function placeKernelSymbols(types: TypeEditor, record: number): void {
  const { words } = types;
  let offset = 0;
  for (const entry of types.entriesOf(record)) {
    const symbol = types.recordOf(words[entry] ?? 0);
    const int = types.addInt("int", EXTERN_BYTES);
    // A data section's entries have to be variables.
    if (types.kindAt(symbol) === BtfKind.Function) words[entry] = types.addVariable("dummy_ksym", int);
    else words[symbol + TYPE] = int;
    words[entry + 1] = offset;
    words[entry + 2] = EXTERN_BYTES;
    offset += EXTERN_BYTES;
  }
  words[record + SIZE] = offset;
}

/** Puts the externs of a section that the file doesn't have one behind the other. */
function placeExterns(types: TypeEditor, record: number): void {
  const { words } = types;
  let offset = 0;
  for (const entry of types.entriesOf(record)) {
    const sizeBytes = types.sizeOf(words[entry] ?? 0);
    const alignment = Math.min(8, Math.max(1, sizeBytes & -sizeBytes));
    offset = Math.ceil(offset / alignment) * alignment;
    words[entry + 1] = offset;
    words[entry + 2] = sizeBytes;
    offset += sizeBytes;
  }
  words[record + SIZE] = offset;
}

function sortEntries(types: TypeEditor, record: number): void {
  const starts = [...types.entriesOf(record)];
  const entries = starts.map((start) => types.words.slice(start, start + 3));
  entries.sort((a, b) => (a[1] ?? 0) - (b[1] ?? 0));
  const sorted = entries.flat();
  for (const [index, word] of sorted.entries()) types.words[(starts[0] ?? 0) + index] = word;
}

/** Names the parameters of a prototype that have none; the `...`, which has no type either, stays as it is unless asked for. */
function nameParameters(types: TypeEditor, prototype: number, withEllipsis = false): void {
  const end = prototype + HEAD_WORDS + types.vlenAt(prototype) * 2;
  for (let parameter = prototype + HEAD_WORDS; parameter < end; parameter += 2) {
    const isUnnamed = types.words[parameter] === 0 && (withEllipsis || types.words[parameter + 1] !== 0);
    if (isUnnamed) types.words[parameter] = types.addName("arg");
  }
}

function replaceDataSection(types: TypeEditor, record: number): void {
  const { words } = types;
  // Sections' names may begin with and have dots; structs' may not.
  words[record] = types.addName(types.nameAt(record).replace(/[^A-Za-z0-9_]/g, "_"));
  types.setInfo(record, BtfKind.Struct, types.vlenAt(record));
  for (const entry of types.entriesOf(record)) {
    const typeId = words[entry] ?? 0;
    const offset = words[entry + 1] ?? 0;
    words[entry] = words[types.recordOf(typeId)] ?? 0;
    words[entry + 1] = typeId;
    words[entry + 2] = offset * 8;
  }
}

/** One byte, since more could be over the end of the struct that the data section became. */
function replaceByByte(types: TypeEditor, record: number): void {
  types.setInfo(record, BtfKind.Int, 0);
  types.words[record + SIZE] = 1;
  types.words[record + HEAD_WORDS] = 8;
}

function replaceByAnonymous(types: TypeEditor, record: number, kind: BtfKind): void {
  types.words[record] = 0;
  types.setInfo(record, kind, 0);
}

function replaceEnum64(types: TypeEditor, record: number): void {
  types.setInfo(record, BtfKind.Union, types.vlenAt(record));
  for (const entry of types.entriesOf(record)) {
    types.words[entry + 1] = types.addInt("enum64_placeholder", 1);
    types.words[entry + 2] = 0;
  }
}
