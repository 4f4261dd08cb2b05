/**
 * The lowest three bits of an opcode: what family of instruction it is.
 * @source kernel: include/uapi/linux/bpf_common.h, BPF_CLASS
 */
export const InsnClass = { Ld: 0, Ldx: 1, St: 2, Stx: 3, Alu: 4, Jmp: 5, Jmp32: 6, Alu64: 7 } as const;
/** One of the values of {@link InsnClass}. */
export type InsnClass = (typeof InsnClass)[keyof typeof InsnClass];

/** Width of a memory access, in its opcode: 4, 2, 1 and 8 bytes. @source kernel: include/uapi/linux/bpf_common.h, BPF_SIZE */
export const InsnSize = { Word: 0x00, Half: 0x08, Byte: 0x10, Double: 0x18 } as const;
/** One of the values of {@link InsnSize}. */
export type InsnSize = (typeof InsnSize)[keyof typeof InsnSize];

/** How a load or store finds its operand. @source kernel: include/uapi/linux/bpf_common.h, BPF_MODE; bpf.h, BPF_MEMSX */
export const InsnMode = { Imm: 0x00, Abs: 0x20, Ind: 0x40, Mem: 0x60, MemSx: 0x80, Atomic: 0xc0 } as const;
/** One of the values of {@link InsnMode}. */
export type InsnMode = (typeof InsnMode)[keyof typeof InsnMode];

/** Whether the second operand of arithmetic and jumps is `imm` or `src`. @source kernel: include/uapi/linux/bpf_common.h, BPF_SRC */
export const InsnSource = { Imm: 0x00, Register: 0x08 } as const;
/** One of the values of {@link InsnSource}. */
export type InsnSource = (typeof InsnSource)[keyof typeof InsnSource];

/** Operations of classes `Alu` and `Alu64`. @source kernel: include/uapi/linux/bpf_common.h and bpf.h, BPF_OP of BPF_ALU */
export const AluOp = {
  Add: 0x00,
  Sub: 0x10,
  Mul: 0x20,
  Div: 0x30,
  Or: 0x40,
  And: 0x50,
  Lsh: 0x60,
  Rsh: 0x70,
  Neg: 0x80,
  Mod: 0x90,
  Xor: 0xa0,
  Mov: 0xb0,
  Arsh: 0xc0,
  End: 0xd0,
} as const;
/** One of the values of {@link AluOp}. */
export type AluOp = (typeof AluOp)[keyof typeof AluOp];

/** Operations of classes `Jmp` and `Jmp32`. @source kernel: include/uapi/linux/bpf_common.h and bpf.h, BPF_OP of BPF_JMP */
export const JumpOp = {
  Always: 0x00,
  Equal: 0x10,
  Greater: 0x20,
  GreaterOrEqual: 0x30,
  AnySet: 0x40,
  NotEqual: 0x50,
  SignedGreater: 0x60,
  SignedGreaterOrEqual: 0x70,
  Call: 0x80,
  Exit: 0x90,
  Less: 0xa0,
  LessOrEqual: 0xb0,
  SignedLess: 0xc0,
  SignedLessOrEqual: 0xd0,
  MayGoto: 0xe0,
} as const;
/** One of the values of {@link JumpOp}. */
export type JumpOp = (typeof JumpOp)[keyof typeof JumpOp];

/** Opcode of every call with a fixed target: a helper, a function of the program or of the kernel, by {@link CallMark}. */
export const CALL = 0x85;

/** What a call's `imm` means, in its `src`. @source kernel: include/uapi/linux/bpf.h, BPF_PSEUDO_CALL, BPF_PSEUDO_KFUNC_CALL */
export const CallMark = { Helper: 0, Function: 1, KernelFunction: 2 } as const;
/** One of the values of {@link CallMark}. */
export type CallMark = (typeof CallMark)[keyof typeof CallMark];

/** What the immediate of `ld_imm64` means, in its `src`. @source kernel: include/uapi/linux/bpf.h, BPF_PSEUDO_MAP_FD and following */
export const LoadMark = {
  Constant: 0,
  MapFd: 1,
  MapValue: 2,
  BtfId: 3,
  Function: 4,
  MapIndex: 5,
  MapIndexValue: 6,
} as const;
/** One of the values of {@link LoadMark}. */
export type LoadMark = (typeof LoadMark)[keyof typeof LoadMark];

/** The family of an opcode. */
export function classOf(opcode: number): InsnClass {
  // Three bits have eight values, and all of them are classes.
  return (opcode & 7) as InsnClass;
}
