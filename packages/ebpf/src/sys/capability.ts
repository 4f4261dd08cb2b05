import { native } from "./native.ts";
import { syscallNumber } from "./syscall-number.ts";

/** Capabilities that BPF asks for. @source kernel: include/uapi/linux/capability.h */
export const Capability = {
  CAP_NET_ADMIN: 12,
  CAP_SYS_ADMIN: 21,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
} as const;
/** One of the names of {@link Capability}. */
export type CapabilityName = keyof typeof Capability;

const CAPABILITY_VERSION_3 = 0x20080522;

/** Which of `wanted` this thread lacks; none when CAP_SYS_ADMIN, which stands for the others, is there. */
export function missingCapabilities(wanted: readonly CapabilityName[]): CapabilityName[] {
  const header = new Uint32Array([CAPABILITY_VERSION_3, 0]);
  const data = new Uint32Array(6);
  const bytesOf = (words: Uint32Array): Uint8Array => new Uint8Array(words.buffer);
  if (native().syscall(syscallNumber("capget"), bytesOf(header), bytesOf(data)) < 0) return [];
  // Two records of effective, permitted, inheritable: bits 0 to 31, then 32 to 63.
  const has = (name: CapabilityName): boolean => {
    const bit = Capability[name];
    return (((data[bit < 32 ? 0 : 3] ?? 0) >>> (bit & 31)) & 1) === 1;
  };
  if (has("CAP_SYS_ADMIN")) return [];
  return wanted.filter((name) => !has(name));
}

/** What to do about a refusal for lack of privilege: names the missing capabilities, or says that it isn't for lack of one. */
export function privilegeAdvice(wanted: readonly CapabilityName[]): string {
  const missing = missingCapabilities(wanted);
  if (missing.length > 0)
    return `${missing.join(" and ")} missing: run as root, or grant ${missing.length > 1 ? "them" : "it"}`;
  return "though no capability is missing: a lockdown, a security module or a resource limit of this kernel forbids it";
}
