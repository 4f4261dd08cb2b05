import { closeSync, fstatSync, openSync } from "node:fs";
import { decodeBtf } from "../btf/decode.ts";
import type { BtfSpec } from "../btf/spec.ts";
import { SyscallError, UnsupportedError } from "../errors.ts";
import { errnoName } from "../sys/errno.ts";
import { native } from "../sys/native.ts";

const VMLINUX = "/sys/kernel/btf/vmlinux";
const PROT_READ = 1;
const MAP_PRIVATE = 2;

let kernel: BtfSpec | undefined;

/**
 * The running kernel's types. Read once in a process and shared; nothing of it is decoded before it is looked up.
 *
 * @throws {UnsupportedError} when the kernel has none (CONFIG_DEBUG_INFO_BTF)
 * @kernel 5.4
 */
export function kernelBtf(): BtfSpec {
  kernel ??= decodeBtf(readVmlinux(), { section: VMLINUX });
  return kernel;
}

function readVmlinux(): Uint8Array {
  let fd: number;
  try {
    fd = openSync(VMLINUX, "r");
  } catch (cause) {
    throw new UnsupportedError(
      `the kernel tells no types: ${VMLINUX} cannot be opened (${String(cause)}); programs with CO-RE relocations need a kernel built with CONFIG_DEBUG_INFO_BTF`,
      { feature: "kernel BTF", sinceKernel: "5.4", cause },
    );
  }
  try {
    const bytes = new Uint8Array(fstatSync(fd).size);
    // From 6.16 the file can be mapped, and one copy takes the place of a read(2) for each page.
    const mapping = native().mmapOpen(fd, bytes.length, PROT_READ, MAP_PRIVATE, 0);
    if (typeof mapping !== "number") {
      const copied = native().memRead(mapping, 0, bytes);
      native().close(mapping);
      if (copied === bytes.length) return bytes;
    }
    const read = native().readFully(fd, bytes);
    if (read < 0) {
      const errno = errnoName(read);
      throw new SyscallError(`reading ${VMLINUX}: ${errno}`, { syscall: "read", errno });
    }
    return bytes.subarray(0, read);
  } finally {
    closeSync(fd);
  }
}
