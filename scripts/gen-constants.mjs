// @ts-check
// Writes the *.gen.ts tables from the types of a kernel: `node scripts/gen-constants.mjs [VMLINUX-BTF]` (needs bpftool).
// Run it under the newest kernel to be supported; numbers never change, so a newer kernel only adds rows.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";

const source = process.argv[2] ?? "/sys/kernel/btf/vmlinux";
const { types } = JSON.parse(
  execFileSync("bpftool", ["-j", "btf", "dump", "file", source], { maxBuffer: 2 ** 30, encoding: "utf8" }),
);

/** Words whose capitals are not the first letter's alone, as the library spells them. */
const SPELLING = {
  ringbuf: "RingBuf",
  percpu: "PerCpu",
  lru: "Lru",
  lpm: "Lpm",
  cgroup: "Cgroup",
  devmap: "DevMap",
  cpumap: "CpuMap",
  sockmap: "SockMap",
  xskmap: "XskMap",
  sockhash: "SockHash",
  xdp: "Xdp",
  btf: "Btf",
};
const pascal = (/** @type {string} */ name) =>
  name
    .toLowerCase()
    .split("_")
    .map((word) => SPELLING[word] ?? word[0].toUpperCase() + word.slice(1))
    .join("");

/** Members of a kernel enum whose name starts with a prefix; of two names for a number the last, which is the present one. */
function members(enumName, prefix) {
  const found =
    types.find((type) => (type.kind === "ENUM" || type.kind === "ENUM64") && type.name === enumName) ??
    types.find((type) => type.kind === "ENUM" && type.values?.some((value) => value.name === enumName));
  if (found === undefined) throw new Error(`${source} has no enum ${enumName}`);
  return found.values
    .filter((value) => value.name.startsWith(prefix) && !/^__|_MAX_|^MAX_/.test(value.name))
    .map((value) => ({ kernel: value.name, name: pascal(value.name.slice(prefix.length)), value: value.val }));
}

/** @param {string} file @param {{ name: string, doc: string, enumName: string, prefix: string, drop?: RegExp }[]} tables */
function write(file, tables) {
  let text = "// Made by scripts/gen-constants.mjs from the kernel's types; do not edit.\n";
  for (const table of tables) {
    const rows = members(table.enumName, table.prefix).filter((row) => !table.drop?.test(row.kernel));
    text += `\n/** ${table.doc} @source kernel: include/uapi/linux/bpf.h, enum ${table.enumName} */\nexport const ${table.name} = {\n`;
    for (const row of rows)
      text += `  /** ${row.kernel} */\n  ${/^\d/.test(row.name) ? `_${row.name}` : row.name}: ${row.value},\n`;
    text += `} as const;\n/** One of the values of {@link ${table.name}}. */\nexport type ${table.name} = (typeof ${table.name})[keyof typeof ${table.name}];\n`;
  }
  writeFileSync(new URL(`../packages/ebpf/src/${file}`, import.meta.url), text);
}

write("object/map-type.gen.ts", [
  { name: "MapType", doc: "Kinds of map.", enumName: "bpf_map_type", prefix: "BPF_MAP_TYPE_", drop: /DEPRECATED$/ },
]);
write("object/program-type.gen.ts", [
  { name: "ProgramType", doc: "Kinds of program.", enumName: "bpf_prog_type", prefix: "BPF_PROG_TYPE_" },
  {
    name: "AttachType",
    doc: "Places that a program of some kinds is bound to when it is loaded.",
    enumName: "bpf_attach_type",
    prefix: "BPF_",
  },
]);
write("sys/command.gen.ts", [{ name: "BpfCommand", doc: "Commands of bpf(2).", enumName: "bpf_cmd", prefix: "BPF_" }]);
write("asm/helper.gen.ts", [
  {
    name: "Helper",
    doc: "Helper functions that programs call by number.",
    enumName: "bpf_func_id",
    prefix: "BPF_FUNC_",
  },
]);
