import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { decodeObject, type MapSpec, slotsOf, type VariableSpec } from "ebpf-ts/core";

/** What libbpf says of an object before loading it, see libbpf-object.c; null where it refuses the object. */
interface Answer {
  readonly kernelVersion: number;
  readonly maps: readonly {
    readonly name: string;
    readonly type: number;
    readonly keySize: number;
    readonly valueSize: number;
    readonly maxEntries: number;
    readonly flags: number;
    readonly mapExtra: number;
    readonly keyTypeId: number;
    readonly valueTypeId: number;
    readonly value?: string;
  }[];
  readonly programs: readonly {
    readonly name: string;
    readonly section: string;
    readonly type: number;
    readonly attachType: number;
    readonly insns: number;
    readonly isAutoloaded: boolean;
  }[];
}

const answers: Record<string, Answer | null> = JSON.parse(
  await readFile("test/conformance/object.answers.json", "utf8"),
);
const MMAPABLE = 0x400;

/** Objects that libbpf takes, and this library doesn't yet: the error names why. */
const REFUSED: Readonly<Record<string, RegExp>> = {
  "inner.el.o": /map "outer" has the member "values", which isn't supported/,
  "externs.el.o": /program "read_config" refers to the kernel configuration "CONFIG_HZ", which isn't supported/,
};

/** libbpf puts the object's name before `.bss` and its like, and sets no MMAPABLE where no variable could be shared. */
function comparable(map: Answer["maps"][number]): Omit<Answer["maps"][number], "value"> & { readonly value: string } {
  const isData = map.name.includes(".");
  const name = isData ? map.name.slice(map.name.indexOf(".")) : map.name;
  return { ...map, name, flags: isData ? map.flags & ~MMAPABLE : map.flags, value: map.value ?? "" };
}

function answerOf(map: MapSpec): Answer["maps"][number] {
  const { name, type, keySize, valueSize, maxEntries, flags, keyTypeId, valueTypeId } = map;
  const value = map.contents.map((entry) => Buffer.from(entry.value).toString("hex")).join();
  return {
    name,
    type,
    keySize,
    valueSize,
    maxEntries,
    flags,
    mapExtra: Number(map.mapExtra),
    keyTypeId,
    valueTypeId,
    value,
  };
}

const byName = (a: { readonly name: string }, b: { readonly name: string }): number => (a.name < b.name ? -1 : 1);

for (const [object, answer] of Object.entries(answers)) {
  if (answer === null) continue;
  const refusal = REFUSED[object];
  test(`maps and programs of ${object} are those that libbpf finds`, async () => {
    const bytes = await readFile(`testdata/${object}`);
    if (refusal !== undefined) {
      assert.throws(() => decodeObject(bytes), refusal);
      return;
    }
    const spec = decodeObject(bytes);
    assert.deepEqual(
      [...spec.maps.values()].map(answerOf).map(comparable).sort(byName),
      answer.maps.map(comparable).sort(byName),
    );
    assert.deepEqual(
      [...spec.programs.values()]
        .map((program) => ({
          name: program.name,
          section: program.sectionName,
          type: program.type,
          attachType: program.attachType,
          insns: program.instructions.reduce((slots, insn) => slots + slotsOf(insn), 0),
          isAutoloaded: !program.isOptional,
        }))
        .sort(byName),
      [...answer.programs].sort(byName),
    );
  });
}

test("both byte orders give the same object", async () => {
  for (const name of ["maps", "globals", "functions", "programs", "core", "plain"]) {
    const little = decodeObject(await readFile(`testdata/${name}.el.o`));
    const big = decodeObject(await readFile(`testdata/${name}.eb.o`));
    assert.deepEqual([...little.programs.keys()], [...big.programs.keys()]);
    assert.deepEqual([...little.functions.keys()], [...big.functions.keys()]);
    assert.deepEqual([...little.variables.values()].map(withValue), [...big.variables.values()].map(withValue));
    assert.deepEqual([...little.maps.values()].map(withoutContents), [...big.maps.values()].map(withoutContents));
  }
});

/** A variable's value where its type says what the bytes mean; other bytes differ with the order. */
function withValue(variable: VariableSpec): unknown[] {
  const value = variable.get();
  return [variable.name, variable.offset, value instanceof Uint8Array ? value.length : value];
}

function withoutContents({ contents, ...rest }: MapSpec): unknown {
  return { ...rest, entries: contents.length };
}
