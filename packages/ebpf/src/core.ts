// The parts that ask nothing of the machine: they run wherever JavaScript does, in a browser too.
export { decodeInstructions } from "./asm/decode.ts";
export { type EncodedInstructions, encodeInstructions } from "./asm/encode.ts";
export { Helper } from "./asm/helper.gen.ts";
export {
  type CoreRelocation,
  type Instruction,
  type InstructionMeta,
  LD_IMM64,
  type Reference,
  SLOT_BYTES,
  type SourcePosition,
  slotsOf,
} from "./asm/instruction.ts";
export {
  AluOp,
  CALL,
  CallMark,
  classOf,
  InsnClass,
  InsnMode,
  InsnSize,
  InsnSource,
  JumpOp,
  LoadMark,
} from "./asm/opcode.ts";
export {
  FIRST_VIRTUAL_REGISTER,
  R0,
  R1,
  R2,
  R3,
  R4,
  R5,
  R6,
  R7,
  R8,
  R9,
  R10,
  type Register,
  toRegister,
} from "./asm/register.ts";
export { type DecodeBtfOptions, decodeBtf } from "./btf/decode.ts";
export {
  type BtfExt,
  type BtfExtCoreRelocation,
  type BtfExtFunction,
  type BtfExtLine,
  type DecodeBtfExtOptions,
  decodeBtfExt,
} from "./btf/ext-info.ts";
export {
  type DataSectionLayout,
  type EncodeForKernelOptions,
  encodeForKernel,
  type KernelBtfSupport,
} from "./btf/kernel-encoding.ts";
export { alignOf, sizeOf, skipModifiers, underlyingType } from "./btf/layout.ts";
export { CoreKind, describeRelocation, type RelocateOptions, relocateInstructions } from "./btf/relocate.ts";
export { BtfSpec } from "./btf/spec.ts";
export {
  type BtfEnumerator,
  BtfKind,
  BtfLinkage,
  type BtfMember,
  type BtfParameter,
  type BtfSectionVariable,
  type BtfType,
} from "./btf/types.ts";
export { decodeElf, type ElfFile, EM_BPF, EM_NONE, ET_REL } from "./elf/file.ts";
export { type ElfRelocation, RelocationType, relocationsOf } from "./elf/relocation.ts";
export { type ElfSection, SectionFlag, SectionNumber, SectionType } from "./elf/section.ts";
export { type ElfSymbol, SymbolBinding, SymbolType, SymbolVisibility } from "./elf/symbol.ts";
export {
  EbpfError,
  ErrorCode,
  FormatError,
  type FormatErrorPlace,
  RelocationError,
  type RelocationErrorDetail,
  StateError,
  UnsupportedError,
  type UnsupportedErrorDetail,
} from "./errors.ts";
export { decodeObject } from "./object/decode-object.ts";
export { linkProgram } from "./object/link-functions.ts";
export { MapType } from "./object/map-type.gen.ts";
export { AttachType, ProgramType } from "./object/program-type.gen.ts";
export { type ProgramKind, programKindOf } from "./object/sections.ts";
export type { CollectionSpec, MapEntry, MapSpec, ProgramSpec } from "./object/spec.ts";
export { SpecTable } from "./object/table.ts";
export { type VariableInput, VariableSpec, type VariableSpecParts, type VariableValue } from "./object/variables.ts";
