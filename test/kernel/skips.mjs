// @ts-check
// Which skips a kernel explains. A test says what it lacks in one of these forms, and anything else is a failure:
//
//   needs kernel X.Y      fine when the running kernel is older
//   needs node X.Y        fine when the running Node.js is older
//   needs feature NAME    fine when the table below has NAME for the running kernel
//   needs program NAME    fine outside CI, where everything is to be installed
import { existsSync } from "node:fs";

/**
 * Features that kernels lack whatever their version says. The first row whose pattern fits the release (`uname -r`) counts.
 * @type {{ release: RegExp, what: string, lacks: string[] }[]}
 */
const KERNELS = [
  {
    release: /^6\.18\..*-fc\b/,
    what: "Firecracker guest: no kprobes, no modules, trampolines refused with EPERM at load, locked down",
    lacks: [
      ...["kprobe", "kprobe.multi", "fentry", "fexit", "fmod_ret", "freplace", "lsm", "lsm_cgroup", "module-btf"],
      ...["netkit", "sched_ext", "probe-write-user", "hardware-perf-events", "kmod"],
    ],
  },
  {
    release: /^5\.10\..*-cloud-/,
    what: "Debian's cloud kernel",
    lacks: ["kprobe.multi", "netkit", "sched_ext", "module-btf", "hardware-perf-events"],
  },
  {
    release: /^6\.1\..*-cloud-/,
    what: "Debian's cloud kernel, without FPROBE",
    lacks: ["kprobe.multi", "uprobe.multi", "netkit", "tcx", "netfilter-link", "sched_ext", "hardware-perf-events"],
  },
  {
    release: /^6\.12\..*-cloud-/,
    what: "Debian's cloud kernel, without sched_ext",
    lacks: ["sched_ext", "hardware-perf-events"],
  },
  { release: /-cloud-/, what: "Debian's newer cloud kernels", lacks: ["hardware-perf-events"] },
];

/**
 * Says what is wrong with a skip.
 * @param {string} reason what the test gave
 * @param {{ kernel: string, node: string, isCi?: boolean }} running release of the kernel and version of Node.js that ran
 *   the test; `isCi` is read from the environment when it isn't given
 * @returns {string | undefined} undefined when the skip is explained
 */
export function explainSkip(reason, { kernel, node, isCi = Boolean(process.env.CI) }) {
  const [, need, value = ""] = /^needs (kernel|node|feature|program) (\S+)/.exec(reason) ?? [];
  switch (need) {
    case "kernel":
      return isOlder(kernel, value) ? undefined : `"${reason}", but this is Linux ${kernel}`;
    case "node":
      return isOlder(node, value) ? undefined : `"${reason}", but this is Node.js ${node}`;
    case "feature":
      return explainFeature(reason, value, kernel, isCi);
    case "program":
      if (isCi) return `"${reason}", which CI must install`;
      return findProgram(value) ? `"${reason}", but it is installed` : undefined;
    default:
      return `"${reason}" is not of the form "needs kernel X.Y", "needs node X.Y", "needs feature NAME" or "needs program NAME"`;
  }
}

/**
 * @param {string} reason
 * @param {string} feature
 * @param {string} kernel
 * @param {boolean} isCi
 */
function explainFeature(reason, feature, kernel, isCi) {
  const row = KERNELS.find(({ release }) => release.test(kernel));
  // A kernel of a user's own may lack anything; CI's are all listed.
  if (row === undefined)
    return isCi ? `"${reason}", and test/kernel/skips.mjs has no row for Linux ${kernel}` : undefined;
  return row.lacks.includes(feature) ? undefined : `"${reason}", which Linux ${kernel} (${row.what}) should have`;
}

/**
 * @param {string} version as in 6.12.3-amd64
 * @param {string} wanted as in 6.12
 */
function isOlder(version, wanted) {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
}

/** @param {string} name */
function findProgram(name) {
  const folders = `${process.env.PATH}:/usr/sbin:/sbin`.split(":");
  return folders.some((folder) => existsSync(`${folder}/${name}`));
}
