// @ts-check
// The programs that kinds of tests need beyond npm: found on the PATH, else installed by apt where we are root on Debian.
import { existsSync } from "node:fs";
import { must } from "../child.mjs";

/**
 * @typedef {{ command: string, package: string, why: string, isOptional?: true }} Program
 *   without an optional one the tests that need it are skipped; without another the whole kind is left out
 */

/** @type {Record<string, Program[]>} */
const PROGRAMS = {
  conformance: [
    { command: "llvm-readelf-19", package: "llvm-19", why: "another reader of the same objects", isOptional: true },
    { command: "bpftool", package: "bpftool", why: "another decoder of the same BTF", isOptional: true },
  ],
  kernel: [
    { command: "bpftool", package: "bpftool", why: "says what the kernel holds, independently", isOptional: true },
    { command: "cc", package: "gcc", why: "compiles the programs that the tests watch", isOptional: true },
    { command: "execsnoop", package: "libbpf-tools", why: "the original to compare with", isOptional: true },
    { command: "ip", package: "iproute2", why: "network namespaces and veth pairs", isOptional: true },
    { command: "strace", package: "strace", why: "counts system calls", isOptional: true },
  ],
  vm: [
    { command: "qemu-system-x86_64", package: "qemu-system-x86", why: "runs the guests" },
    { command: "/usr/lib/qemu/virtiofsd", package: "qemu-system-common", why: "shares this machine's files with them" },
    { command: "busybox", package: "busybox-static", why: "is all of their first file system" },
    { command: "cpio", package: "cpio", why: "packs that" },
    { command: "modprobe", package: "kmod", why: "finds the modules that they boot with" },
    { command: "xz", package: "xz-utils", why: "unpacks kernels" },
    { command: "zstd", package: "zstd", why: "unpacks newer kernels" },
    { command: "lz4", package: "lz4", why: "unpacks some cloud kernels" },
  ],
  "vm-arm64": [{ command: "qemu-system-aarch64", package: "qemu-system-arm", why: "runs the arm64 guests" }],
  browser: [{ command: "chromium", package: "chromium", why: "runs the tests of the pure layers" }],
  sanitizer: [{ command: "gcc", package: "gcc", why: "compiles the addon with AddressSanitizer" }],
  reproducibility: [
    { command: "gcc", package: "gcc", why: "compiles the addon again" },
    { command: "aarch64-linux-gnu-gcc", package: "gcc-aarch64-linux-gnu", why: "and for arm64" },
    { command: "clang-19", package: "clang-19", why: "compiles the tools' BPF programs again" },
    { command: "llvm-strip-19", package: "llvm-19", why: "strips what only debuggers read" },
  ],
};

let isListFresh = false;

/**
 * Installs what a kind of tests lacks, where that is possible.
 * @param {string} kind
 * @returns {Promise<{ isReady: boolean, notes: string[] }>} whether the kind can run, and what it lacks and why
 */
export async function ensurePrograms(kind) {
  const missing = () => (PROGRAMS[kind] ?? []).filter(({ command }) => !hasCommand(command));
  const lacking = missing();
  if (lacking.length > 0 && process.getuid?.() === 0 && hasCommand("apt-get")) await aptInstall(lacking);
  const left = missing();
  return {
    isReady: left.every(({ isOptional }) => isOptional),
    notes: left.map(({ command, package: name, why }) => `${kind}: ${command} is missing (Debian: ${name}; ${why})`),
  };
}

/** @param {readonly Program[]} programs */
async function aptInstall(programs) {
  const names = programs.map((program) => program.package);
  console.error(`installing ${names.join(", ")}`);
  const options = { stdout: /** @type {const} */ ("stderr"), env: { DEBIAN_FRONTEND: "noninteractive" } };
  if (!isListFresh) await must("apt-get", ["-q", "update"], options);
  isListFresh = true;
  await must("apt-get", ["-q", "install", "-y", "--no-install-recommends", ...names], options);
}

/** @param {string} command a name, or an absolute path */
function hasCommand(command) {
  if (command.startsWith("/")) return existsSync(command);
  const folders = `${process.env.PATH}:/usr/sbin:/sbin`.split(":");
  return folders.some((folder) => existsSync(`${folder}/${command}`));
}
