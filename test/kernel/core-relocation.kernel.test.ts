import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type TestContext, test } from "node:test";
import { kernelBtf } from "ebpf-ts";
import { type Instruction, relocateInstructions } from "ebpf-ts/core";
import { parseBpftool, toBpftool } from "../conformance/btf-bpftool.ts";
import { programsOf } from "../conformance/core-objects.ts";

const VMLINUX = "/sys/kernel/btf/vmlinux";

interface Named {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly size?: number;
  readonly type_id?: number;
  readonly members?: readonly { readonly name: string; readonly type_id: number; readonly bits_offset: number }[];
  readonly values?: readonly { readonly name: string; readonly val: string }[];
}

/** The running kernel's types as bpftool tells them; undefined, and the test skipped, when it can't. */
function bpftoolTypes(t: TestContext): readonly Named[] | undefined {
  const bpftool = ["/usr/sbin/bpftool", "/usr/bin/bpftool", "/sbin/bpftool"].find((path) => existsSync(path));
  if (bpftool === undefined) {
    t.skip("needs program bpftool");
    return undefined;
  }
  const text = execFileSync(bpftool, ["btf", "dump", "-j", "file", VMLINUX], { encoding: "utf8", maxBuffer: 2 ** 28 });
  return parseBpftool(text) as Named[];
}

test("the kernel's types are those that bpftool lists", (t) => {
  const types = bpftoolTypes(t);
  if (types === undefined) return;
  const spec = kernelBtf();
  assert.equal(spec.typeCount, types.length + 1);
  for (const type of types) assert.deepEqual(toBpftool(spec, spec.typeById(type.id)), type);
});

test("names of the kernel's types find the ids that bpftool gives them", (t) => {
  const types = bpftoolTypes(t);
  if (types === undefined) return;
  const ids = new Map<string, number[]>();
  for (const { name, id } of types) {
    const known = ids.get(name);
    if (known === undefined) ids.set(name, [id]);
    else if (name !== "(anon)") known.push(id);
  }
  ids.delete("(anon)");
  const spec = kernelBtf();
  for (const [name, expected] of ids) assert.deepEqual(spec.idsByName(name), expected, name);
});

test("accesses of an object are moved to where bpftool shows the kernel's fields", async (t) => {
  const types = bpftoolTypes(t);
  if (types === undefined) return;
  const byId = new Map(types.map((type) => [type.id, type]));
  const structNamed = (name: string): Named => {
    const found = types.find((type) => type.kind === "STRUCT" && type.name === name);
    assert.ok(found, name);
    return found;
  };
  const bitsOf = (struct: Named, field: string): number | undefined => {
    for (const { name, type_id, bits_offset } of struct.members ?? []) {
      if (name === field) return bits_offset;
      const inner = byId.get(type_id);
      const bits = name === "(anon)" && inner !== undefined ? bitsOf(inner, field) : undefined;
      if (bits !== undefined) return bits_offset + bits;
    }
    return undefined;
  };
  const offsetOf = (struct: string, field: string): number => (bitsOf(structNamed(struct), field) ?? Number.NaN) / 8;
  const ringBuf = types
    .find((type) => type.name === "bpf_map_type" && type.kind.startsWith("ENUM"))
    ?.values?.find(({ name }) => name === "BPF_MAP_TYPE_RINGBUF");

  const program = (await programsOf("kernel.el.o")).get("fields");
  assert.ok(program);
  const insns = relocateInstructions(program.insns, { program: "fields", local: program.spec, targets: [kernelBtf()] });
  const relocatedValue = ({ opcode, offset, imm, imm64 }: Instruction): number =>
    opcode === 0x18 ? Number(imm64) : (opcode & 7) === 1 ? offset : imm;
  assert.deepEqual(insns.filter(({ meta }) => meta?.core !== undefined).map(relocatedValue), [
    offsetOf("task_struct", "real_parent"),
    offsetOf("task_struct", "tgid"),
    offsetOf("task_struct", "mm"),
    offsetOf("mm_struct", "start_stack"),
    offsetOf("mm_struct", "arg_start"),
    offsetOf("task_struct", "comm") + 5,
    offsetOf("linux_binprm", "argc"),
    offsetOf("linux_binprm", "filename"),
    Number(ringBuf?.val),
    structNamed("task_struct").size,
  ]);
});
