import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { decodeBtf, encodeInstructions, type Instruction, relocateInstructions } from "ebpf-ts/core";
import { parseBpftool, toBpftool } from "./btf-bpftool.ts";
import { programsOf, sectionOf } from "./core-objects.ts";

const OBJECTS = ["kinds", "local", "target"];

for (const object of OBJECTS.flatMap((name) => [`${name}.el`, `${name}.eb`])) {
  test(`types of ${object}.o are those that bpftool lists`, async () => {
    const text = await readFile(`test/conformance/btf-${object}.answers.json`, "utf8");
    const spec = decodeBtf(await sectionOf(`${object}.o`, ".BTF"));
    const ids = Array.from({ length: spec.typeCount - 1 }, (_, index) => index + 1);
    assert.deepEqual(
      ids.map((id) => toBpftool(spec, spec.typeById(id))),
      parseBpftool(text),
    );
  });
}

test("relocated instructions are those that libbpf makes", async () => {
  const target = decodeBtf(await sectionOf("target.el.o", ".BTF"));
  const programs = await programsOf("local.el.o");
  const answers = (await readFile("test/conformance/btf-relocate.answers.txt", "utf8")).trim().split("\n");
  assert.equal(answers.length, programs.size);
  for (const [name = "", bytes] of answers.map((line) => line.split(" "))) {
    const program = programs.get(name);
    assert.ok(program, name);
    const insns = relocateInstructions(program.insns, { program: name, local: program.spec, targets: [target] });
    assert.equal(Buffer.from(encodeInstructions(insns, true).bytes).toString("hex"), bytes, name);
  }
});

test("a big-endian object's relocations differ from a little-endian one's in the shifts of bitfields alone", async () => {
  const little = decodeBtf(await sectionOf("target.el.o", ".BTF"));
  const big = decodeBtf(await sectionOf("target.eb.o", ".BTF"));
  const programs = await programsOf("local.eb.o");
  const others = await programsOf("local.el.o");
  for (const [name, { spec, insns }] of programs) {
    const other = others.get(name);
    assert.ok(other);
    const mine = relocateInstructions(insns, { program: name, local: spec, targets: [big] });
    const theirs = relocateInstructions(other.insns, { program: name, local: other.spec, targets: [little] });
    const strip = (list: readonly Instruction[]): unknown[] => list.map(({ meta, ...insn }) => insn);
    if (name === "bits") assert.notDeepEqual(strip(mine), strip(theirs));
    else assert.deepEqual(strip(mine), strip(theirs), name);
  }
});
