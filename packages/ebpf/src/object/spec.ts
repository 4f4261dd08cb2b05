import type { Instruction } from "../asm/instruction.ts";
import type { BtfSpec } from "../btf/spec.ts";
import type { MapType } from "./map-type.gen.ts";
import type { AttachType, ProgramType } from "./program-type.gen.ts";
import type { SpecTable } from "./table.ts";
import type { VariableSpec } from "./variables.ts";

/** One entry that a map gets when it is loaded: key and value bytes, of the map's own sizes. */
export interface MapEntry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

/** What a map will be; plain data that may be edited before loading. */
export interface MapSpec {
  /** Name in the object; the kernel keeps its first 15 bytes. */
  name: string;
  /** Kind of map. */
  type: MapType;
  /** Bytes of a key. */
  keySize: number;
  /** Bytes of a value; per CPU for the per-CPU kinds. */
  valueSize: number;
  /** Most entries; bytes for ring buffers. 0 for perf event arrays means one for each possible CPU. */
  maxEntries: number;
  /** BPF_F_* of map creation. */
  flags: number;
  /** Type-specific 64 bits. */
  mapExtra: bigint;
  /** Id of the key's type in the object's BTF; 0 when unknown. */
  keyTypeId: number;
  /** Id of the value's type in the object's BTF; 0 when unknown. */
  valueTypeId: number;
  /** Entries written before any program is loaded. For data sections one entry: the section's bytes. */
  contents: MapEntry[];
  /** Section whose bytes the map holds (`.rodata`, `.bss`, …); undefined for maps of `.maps`. */
  dataSection: string | undefined;
  /** Whether user space too loses write access after `contents` are written. */
  isFrozen: boolean;
}

/** What a program will be; plain data that may be edited before loading. */
export interface ProgramSpec {
  /** Name of its function; the kernel keeps its first 15 bytes. */
  name: string;
  /** Section it stands in, as in `tracepoint/syscalls/sys_enter_execve`. */
  sectionName: string;
  /** Kind of program; `Unspec` when the section name says none, and then it isn't loaded. */
  type: ProgramType;
  /** Where it may be attached, for kinds that need it at load. */
  attachType: AttachType;
  /** The rest of the section's name: hook, function, path. */
  attachTo: string;
  /** BPF_F_* of program load. */
  flags: number;
  /** Whether a `?` before the section's name leaves it out unless it is asked for. */
  isOptional: boolean;
  /** Instructions of the function itself; functions that it calls are added when it is loaded. */
  instructions: readonly Instruction[];
  /** Licence of the object. */
  license: string;
  /** Kernel version of the object's `version` section; 0 when there is none. */
  kernelVersion: number;
}

/**
 * An object, decoded: what will be loaded, before any of it touches the kernel. The same bytes give the same spec on every
 * machine. Names, sizes, contents, variables and programs may be changed until it is loaded.
 */
export interface CollectionSpec {
  /** Byte order of the object. */
  readonly littleEndian: boolean;
  /** Maps by name, data sections included. */
  readonly maps: SpecTable<MapSpec>;
  /** Programs by name. */
  readonly programs: SpecTable<ProgramSpec>;
  /** Functions that programs call or pass, by name; instructions only. */
  readonly functions: SpecTable<readonly Instruction[]>;
  /** Global variables by name. */
  readonly variables: SpecTable<VariableSpec>;
  /** The object's types; undefined when it has no BTF. */
  readonly types: BtfSpec | undefined;
}
