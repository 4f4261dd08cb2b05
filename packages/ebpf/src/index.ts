export { Collection } from "./collection/collection.ts";
export { loadCollection } from "./collection/load.ts";
export { readObject } from "./collection/read-object.ts";
export {
  ClosedError,
  EbpfError,
  ErrorCode,
  FormatError,
  type FormatErrorPlace,
  RelocationError,
  type RelocationErrorDetail,
  StateError,
  SyscallError,
  type SyscallErrorDetail,
  UnsupportedError,
  type UnsupportedErrorDetail,
  VerifierError,
  type VerifierErrorDetail,
} from "./errors.ts";
export { kernelBtf } from "./kernel/btf.ts";
export { attach } from "./link/attach.ts";
export { type Link, Links } from "./link/link.ts";
export { attachRawTracepoint } from "./link/raw-tracepoint.ts";
export { attachTracepoint, type TracepointOptions } from "./link/tracepoint.ts";
export { BpfMap, type MapOptions, UpdateMode } from "./map/map.ts";
export { decodeObject } from "./object/decode-object.ts";
export { MapType } from "./object/map-type.gen.ts";
export { AttachType, ProgramType } from "./object/program-type.gen.ts";
export type { CollectionSpec, MapEntry, MapSpec, ProgramSpec } from "./object/spec.ts";
export { SpecTable } from "./object/table.ts";
export { VariableSpec } from "./object/variables.ts";
export { type InbandPerfReaderOptions, openPerf, type PerfReaderOptions } from "./perf/reader.ts";
export { Program, type ProgramOptions } from "./program/program.ts";
export { openRingBuf } from "./ringbuf/reader.ts";
export { RecordBatch } from "./stream/batch.ts";
export {
  type BpfRecord,
  type InbandReaderOptions,
  type Loss,
  type LossRecord,
  type ReaderOptions,
  type ReaderStats,
  RecordReader,
} from "./stream/reader.ts";
