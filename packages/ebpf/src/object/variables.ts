import { skipModifiers } from "../btf/layout.ts";
import type { BtfSpec } from "../btf/spec.ts";
import type { BtfType } from "../btf/types.ts";
import { decodeCString } from "../bytes/cstring.ts";
import { StateError } from "../errors.ts";
import type { MapSpec } from "./spec.ts";

/** What a variable can be set to. */
export type VariableInput = number | bigint | boolean | string | Uint8Array;

/** What a variable's type makes of its bytes, see {@link VariableSpec.get}. */
export type VariableValue = number | bigint | boolean | string | Uint8Array;

/** Where a variable is and what it holds. */
export interface VariableSpecParts {
  readonly name: string;
  /** Bytes from the section's start. */
  readonly offset: number;
  /** Bytes of its value. */
  readonly sizeBytes: number;
  /** Id of its type in `types`; 0 when unknown. */
  readonly typeId: number;
  /** The map of its section. */
  readonly map: MapSpec;
  /** The object's types. */
  readonly types: BtfSpec | undefined;
  /** Byte order of the object. */
  readonly littleEndian: boolean;
}

/** A global variable of an object; its value is part of its section's map and may be changed until that is loaded. */
export class VariableSpec {
  /** The variable's symbol. */
  readonly name: string;
  /** Section it stands in, as in `.rodata`; the name of its map too. */
  readonly sectionName: string;
  /** Bytes from the section's start. */
  readonly offset: number;
  /** Bytes of its value. */
  readonly sizeBytes: number;
  /** Id of its type in the object's BTF; 0 when the object has none. */
  readonly typeId: number;
  /** Whether programs can only read it: the verifier knows its value and leaves out what it makes unreachable. */
  readonly isConstant: boolean;
  readonly #map: MapSpec;
  readonly #types: BtfSpec | undefined;
  readonly #littleEndian: boolean;

  /** @param parts place, type and map */
  constructor(parts: VariableSpecParts) {
    this.name = parts.name;
    this.sectionName = parts.map.name;
    this.offset = parts.offset;
    this.sizeBytes = parts.sizeBytes;
    this.typeId = parts.typeId;
    this.isConstant = parts.map.name.startsWith(".rodata");
    this.#map = parts.map;
    this.#types = parts.types;
    this.#littleEndian = parts.littleEndian;
  }

  /**
   * The variable's part of its map's contents; writing to it changes what will be loaded.
   * @throws {StateError} when the map's contents were replaced by others that don't reach so far
   */
  get bytes(): Uint8Array {
    const value = this.#map.contents[0]?.value;
    const end = this.offset + this.sizeBytes;
    if (value === undefined || value.length < end) {
      throw new StateError(`variable "${this.name}" ends at byte ${end} of map "${this.#map.name}", which holds less`);
    }
    return value.subarray(this.offset, end);
  }

  /**
   * Gives the variable a value by its type.
   *
   * | type | takes |
   * | --- | --- |
   * | integer | number or bigint in its range, boolean as 0 or 1 |
   * | `bool` | boolean, 0, 1 |
   * | enum | number or bigint in its range, or an enumerator's name |
   * | float | number |
   * | array of bytes | text; a NUL is added, and zeros to the end |
   * | any | bytes, exactly as many as it has |
   *
   * Without BTF an integer of the variable's size is assumed, of either sign, or an array of bytes.
   *
   * @throws {RangeError} when the value doesn't fit
   * @throws {TypeError} when the type takes no such value
   */
  set(value: VariableInput): void {
    const bytes = this.bytes;
    if (value instanceof Uint8Array) {
      if (value.length !== this.sizeBytes) {
        throw new RangeError(`variable "${this.name}": ${value.length} bytes, wanted exactly ${this.sizeBytes}`);
      }
      bytes.set(value);
      return;
    }
    const type = this.#type();
    if (typeof value === "string") this.#setText(bytes, type, value);
    else if (type?.kind === "float") this.#setFloat(bytes, value);
    else this.#setInteger(bytes, type, value);
  }

  /**
   * The value that will be loaded, by the variable's type.
   *
   * | type | gives |
   * | --- | --- |
   * | integer or enum to 32 bits, float | number |
   * | integer or enum of 64 bits, pointer | bigint |
   * | `bool` | boolean |
   * | array of `char` | text up to the first NUL |
   * | any other, or unknown | a copy of its bytes |
   */
  get(): VariableValue {
    const bytes = this.bytes;
    const type = this.#type();
    switch (type?.kind) {
      case "int":
        if (type.sizeBytes > 8) return new Uint8Array(bytes);
        if (type.isBool) return this.#read(bytes, false) !== 0n;
        return narrow(this.#read(bytes, type.isSigned), type.sizeBytes);
      case "enum":
        return narrow(this.#read(bytes, type.isSigned), type.sizeBytes);
      case "pointer":
        return this.#read(bytes, false);
      case "float":
        if (type.sizeBytes === 4) return viewOf(bytes).getFloat32(0, this.#littleEndian);
        if (type.sizeBytes === 8) return viewOf(bytes).getFloat64(0, this.#littleEndian);
        return new Uint8Array(bytes);
      case "array":
        return this.#isText(type.typeId) ? decodeCString(bytes) : new Uint8Array(bytes);
      default:
        return new Uint8Array(bytes);
    }
  }

  /** The variable's type without names and qualifiers; undefined when unknown, or of another size than the variable. */
  #type(): BtfType | undefined {
    if (this.#types === undefined || this.typeId === 0) return undefined;
    const type = this.#types.typeById(skipModifiers(this.#types, this.typeId));
    const sizeBytes = type.kind === "pointer" ? 8 : "sizeBytes" in type ? type.sizeBytes : this.sizeBytes;
    return sizeBytes === this.sizeBytes ? type : undefined;
  }

  #setText(bytes: Uint8Array, type: BtfType | undefined, text: string): void {
    if (type?.kind === "enum") {
      const found = type.values.find((candidate) => candidate.name === text);
      if (found === undefined) {
        const names = type.values.map((candidate) => candidate.name).join(", ");
        throw new RangeError(`variable "${this.name}": no enumerator "${text}"; there are: ${names}`);
      }
      this.#write(bytes, found.value);
      return;
    }
    const isArray = type === undefined || (type.kind === "array" && this.#elementBytes(type.typeId) === 1);
    if (!isArray) throw new TypeError(`variable "${this.name}" is ${withArticle(type.kind)}, which takes no text`);
    const encoded = new TextEncoder().encode(text);
    if (encoded.length >= this.sizeBytes) {
      throw new RangeError(
        `variable "${this.name}": text of ${encoded.length} bytes, wanted at most ${this.sizeBytes - 1} and a NUL`,
      );
    }
    if (encoded.includes(0))
      throw new RangeError(`variable "${this.name}": text has a NUL at byte ${encoded.indexOf(0)}`);
    bytes.fill(0);
    bytes.set(encoded);
  }

  #setFloat(bytes: Uint8Array, value: number | bigint | boolean): void {
    if (typeof value !== "number") throw new TypeError(`variable "${this.name}" is a float, which takes a number`);
    if (bytes.length === 4) viewOf(bytes).setFloat32(0, value, this.#littleEndian);
    else if (bytes.length === 8) viewOf(bytes).setFloat64(0, value, this.#littleEndian);
    else throw new TypeError(`variable "${this.name}" is a float of ${bytes.length} bytes; set it by its bytes`);
  }

  #setInteger(bytes: Uint8Array, type: BtfType | undefined, value: number | bigint | boolean): void {
    const isInteger = type === undefined || type.kind === "int" || type.kind === "enum" || type.kind === "pointer";
    const isOneWord = [1, 2, 4, 8].includes(bytes.length);
    if (!isInteger || !isOneWord) {
      const what = type === undefined || isInteger ? `${bytes.length} bytes` : withArticle(type.kind);
      throw new TypeError(`variable "${this.name}" is ${what}, which takes no ${typeof value}; set it by its bytes`);
    }
    if (typeof value === "number" && !Number.isInteger(value)) {
      throw new RangeError(`variable "${this.name}": ${value} is no integer`);
    }
    const number = BigInt(value);
    const [least, most] = rangeOf(type, bytes.length);
    if (number < least || number > most) {
      throw new RangeError(`variable "${this.name}": ${value} is out of range, wanted ${least} to ${most}`);
    }
    this.#write(bytes, number);
  }

  #write(bytes: Uint8Array, value: bigint): void {
    const view = viewOf(bytes);
    if (bytes.length === 8) view.setBigUint64(0, BigInt.asUintN(64, value), this.#littleEndian);
    else if (bytes.length === 4) view.setUint32(0, Number(BigInt.asUintN(32, value)), this.#littleEndian);
    else if (bytes.length === 2) view.setUint16(0, Number(BigInt.asUintN(16, value)), this.#littleEndian);
    else view.setUint8(0, Number(BigInt.asUintN(8, value)));
  }

  #read(bytes: Uint8Array, isSigned: boolean): bigint {
    let value = 0n;
    for (let index = 0; index < bytes.length; index++) {
      value = (value << 8n) | BigInt(bytes[this.#littleEndian ? bytes.length - 1 - index : index] ?? 0);
    }
    return isSigned ? BigInt.asIntN(bytes.length * 8, value) : value;
  }

  #elementBytes(typeId: number): number | undefined {
    const element = this.#element(typeId);
    return element?.kind === "int" ? element.sizeBytes : undefined;
  }

  #isText(typeId: number): boolean {
    const element = this.#element(typeId);
    // Compilers mark `char` by its name alone: the encoding says no more than that it is signed.
    return element?.kind === "int" && element.sizeBytes === 1 && (element.isChar || element.name === "char");
  }

  #element(typeId: number): BtfType | undefined {
    return this.#types?.typeById(skipModifiers(this.#types, typeId));
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function withArticle(kind: string): string {
  return /^[aeiu]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

/** 32 bits fit a number; more could lose bits. */
function narrow(value: bigint, sizeBytes: number): number | bigint {
  return sizeBytes <= 4 ? Number(value) : value;
}

/** Least and most integer of a type; of unknown sign when there is no type. */
function rangeOf(type: BtfType | undefined, sizeBytes: number): readonly [least: bigint, most: bigint] {
  const bits = BigInt(sizeBytes * 8);
  if (type?.kind === "int" && type.isBool) return [0n, 1n];
  const isSigned = type !== undefined && "isSigned" in type && type.isSigned;
  const least = isSigned || type === undefined ? -(1n << (bits - 1n)) : 0n;
  const most = isSigned ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
  return [least, most];
}
