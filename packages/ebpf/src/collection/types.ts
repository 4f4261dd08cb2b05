import type { BtfSpec } from "../btf/spec.ts";
import { bpfRefusal, loadBtf } from "../sys/bpf.ts";
import { BpfCommand } from "../sys/command.gen.ts";
import { Fd } from "../sys/fd.ts";

/**
 * Gives an object's types to the kernel, for maps and programs to refer to.
 *
 * @returns the types' descriptor; to be closed once maps and programs are made
 * @throws {SyscallError} when the kernel refuses them
 * @kernel 4.18
 */
export function loadTypes(types: BtfSpec): Fd {
  const result = loadBtf(types.bytes);
  if (result < 0) throw bpfRefusal(BpfCommand.BtfLoad, "loading the object's types", result, ["CAP_BPF"]);
  return new Fd(result, "types of the object");
}
