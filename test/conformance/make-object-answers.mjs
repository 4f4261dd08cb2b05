// @ts-check
// Writes elf.answers.json, asm.answers.json and object.answers.json: what LLVM's tools and libbpf say of the objects in
// testdata/. Needs llvm-readelf-19, llvm-objdump-19, cc and libbpf's headers; the tests only read the answers.
// node test/conformance/make-object-answers.mjs
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TESTDATA = join(HERE, "../../testdata");
const objects = readdirSync(TESTDATA).filter((name) => name.endsWith(".o"));

/**
 * @param {string} program
 * @param {readonly string[]} args
 */
const run = (program, args) => execFileSync(program, args, { cwd: TESTDATA, encoding: "utf8", maxBuffer: 2 ** 28 });

/**
 * Sections as [name, type, flags, offset, size, link, info], symbols as [name, value, size, binding, type, section], relocations
 * by the section that holds them as [offset, type, symbol].
 * @param {string} object
 */
function elfAnswer(object) {
  const [file] = JSON.parse(
    run("llvm-readelf-19", ["--elf-output-style=JSON", "--sections", "--symbols", "--relocations", object]),
  );
  return {
    sections: file.Sections.map((/** @type {any} */ { Section: s }) => [
      s.Name.Name,
      s.Type.Value,
      s.Flags.Value,
      s.Offset,
      s.Size,
      s.Link,
      s.Info,
    ]),
    symbols: file.Symbols.map((/** @type {any} */ { Symbol: s }) => [
      s.Name.Name,
      s.Value,
      s.Size,
      s.Binding.Value,
      s.Type.Value,
      s.Section.Value,
    ]),
    relocations: Object.fromEntries(
      file.Relocations.map((/** @type {any} */ group) => [
        group.SectionIndex,
        group.Relocs.map((/** @type {any} */ { Relocation: r }) => [r.Offset, r.Type.Value, r.Symbol.Value]),
      ]),
    ),
  };
}

/**
 * Functions by section, and of each function the instructions: slot in the section, a blank, and the text without remarks.
 * @param {string} object
 */
function asmAnswer(object) {
  /** @type {Record<string, Record<string, string[]>>} */
  const sections = {};
  let section = "";
  let name = "";
  for (const line of run("llvm-objdump-19", ["-d", "--no-show-raw-insn", object]).split("\n")) {
    const heading = /^Disassembly of section (.+):$/.exec(line);
    const label = /^[0-9a-f]+ <(.+)>:$/.exec(line);
    if (heading) section = heading[1] ?? "";
    else if (label) name = label[1] ?? "";
    const insn = /^\s+(\d+):\t(.+?)(?: <[^<> ]+>)?$/.exec(line);
    if (insn === null) continue;
    const functions = sections[section] ?? {};
    sections[section] = functions;
    const instructions = functions[name] ?? [];
    functions[name] = instructions;
    instructions.push(`${insn[1]} ${insn[2]}`);
  }
  return sections;
}

const folder = mkdtempSync(join(tmpdir(), "answers-"));
const libbpf = join(folder, "libbpf-object");
run("cc", ["-o", libbpf, join(HERE, "libbpf-object.c"), "-lbpf"]);
const libbpfAnswers = JSON.parse(
  run(
    libbpf,
    objects.filter((name) => name.endsWith(".el.o")),
  ),
);
rmSync(folder, { recursive: true });

/**
 * One line an object, so that a change of one shows as one line.
 * @param {string} file
 * @param {Record<string, unknown>} answers
 */
function write(file, answers) {
  const lines = Object.entries(answers).map(([name, answer]) => `${JSON.stringify(name)}: ${JSON.stringify(answer)}`);
  writeFileSync(join(HERE, file), `{\n${lines.join(",\n")}\n}\n`);
}
write("elf.answers.json", Object.fromEntries(objects.map((name) => [name, elfAnswer(name)])));
write("asm.answers.json", Object.fromEntries(objects.map((name) => [name, asmAnswer(name)])));
write("object.answers.json", libbpfAnswers);
