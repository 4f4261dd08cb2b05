import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { decodeElf, relocationsOf } from "ebpf-ts/core";

/** What llvm-readelf says of an object, see make-object-answers.mjs. */
interface Answer {
  readonly sections: readonly (readonly [string, number, number, number, number, number, number])[];
  readonly symbols: readonly (readonly [string, number, number, number, number, number])[];
  readonly relocations: Readonly<Record<string, readonly (readonly [number, number, number])[]>>;
}

const answers: Record<string, Answer> = JSON.parse(await readFile("test/conformance/elf.answers.json", "utf8"));

for (const [object, answer] of Object.entries(answers)) {
  test(`sections, symbols and relocations of ${object} are those that llvm-readelf lists`, async () => {
    const file = decodeElf(await readFile(`testdata/${object}`));
    assert.deepEqual(
      file.sections.map(({ name, type, flags, offset, sizeBytes, link, info }) => [
        name,
        type,
        flags,
        offset,
        sizeBytes,
        link,
        info,
      ]),
      answer.sections,
    );
    assert.deepEqual(
      file.symbols.map(({ name, value, sizeBytes, binding, type, sectionIndex }) => [
        name,
        value,
        sizeBytes,
        binding,
        type,
        sectionIndex,
      ]),
      answer.symbols,
    );
    const patched = file.sections.filter(({ index }) => file.relocationSections.has(index));
    const listed = patched.map((section) => [
      file.relocationSections.get(section.index)?.[0]?.index,
      relocationsOf(file, section).map(({ offset, type, symbol }) => [offset, type, symbol.index]),
    ]);
    assert.deepEqual(Object.fromEntries(listed), answer.relocations);
  });
}
