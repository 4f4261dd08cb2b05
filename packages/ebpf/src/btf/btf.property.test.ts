import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { EbpfError } from "../errors.ts";
import { buildBtf, type TypeInput } from "./build.test-support.ts";
import { decodeBtf } from "./decode.ts";
import { essentialName } from "./name-filter.ts";

const name = fc.oneof(
  fc.stringMatching(/^[a-zé_]{1,3}(___[a-z]{1,2})?$/),
  fc.constantFrom("task", "task___old", "task_struct", "t", "__t"),
);
const optionalName = fc.oneof(fc.constant(""), name);
const typeId = fc.nat(0xffffffff);
const linkage = fc.constantFrom(0 as const, 1 as const, 2 as const);
const plain = <T>(parts: { [P in keyof T]: fc.Arbitrary<T[P]> }): fc.Arbitrary<T> =>
  fc.record(parts, { noNullPrototype: true }) as never;
const record = <K extends string, T extends object>(
  kind: K,
  parts: { [P in keyof T]: fc.Arbitrary<T[P]> },
): fc.Arbitrary<{ kind: K } & T> => plain({ kind: fc.constant(kind), ...parts }) as never;

const enumOf = (sizeBytes: 4 | 8): fc.Arbitrary<TypeInput> =>
  fc.boolean().chain((isSigned) => {
    const bits = sizeBytes * 8;
    const value = isSigned
      ? fc.bigInt(-(1n << BigInt(bits - 1)), (1n << BigInt(bits - 1)) - 1n)
      : fc.bigInt(0n, (1n << BigInt(bits)) - 1n);
    const values = fc.array(plain({ name, value }), { maxLength: 4 });
    return values.map((each): TypeInput => ({ kind: "enum", name: "e", sizeBytes, isSigned, values: each }));
  });

const member = plain({ name: optionalName, typeId, offsetBits: fc.nat(512), bitfieldBits: fc.nat(64) });
const members = fc.array(member, { maxLength: 5 });

const anyType: fc.Arbitrary<TypeInput> = fc.oneof(
  fc.tuple(name, fc.constantFrom(1, 2, 4, 8, 16), fc.boolean(), fc.boolean(), fc.boolean()).map(
    ([text, sizeBytes, isSigned, isChar, isBool]): TypeInput => ({
      kind: "int",
      name: text,
      sizeBytes,
      bits: sizeBytes * 8,
      offsetBits: 0,
      isSigned,
      isChar,
      isBool,
    }),
  ),
  fc
    .constantFrom("pointer" as const, "volatile" as const, "const" as const, "restrict" as const)
    .chain((kind) => typeId.map((id): TypeInput => ({ kind, name: "", typeId: id }))),
  record("array", { name: fc.constant("" as const), typeId, indexTypeId: typeId, count: fc.nat(0xffffffff) }),
  fc
    .tuple(fc.constantFrom("struct" as const, "union" as const), optionalName, members)
    .map(([kind, text, each]): TypeInput => ({ kind, name: text, sizeBytes: 64, members: each })),
  enumOf(4),
  enumOf(8),
  record("forward", { name, isUnion: fc.boolean() }),
  record("typedef", { name, typeId }),
  record("function", { name, typeId, linkage }),
  record("function-prototype", {
    name: fc.constant("" as const),
    returnTypeId: typeId,
    parameters: fc.array(plain({ name: optionalName, typeId }), { maxLength: 4 }),
  }),
  record("variable", { name, typeId, linkage }),
  record("data-section", {
    name,
    sizeBytes: fc.nat(1000),
    variables: fc.array(plain({ typeId, offset: fc.nat(1000), sizeBytes: fc.nat(64) }), { maxLength: 4 }),
  }),
  record("float", { name, sizeBytes: fc.constantFrom(4, 8, 16) }),
  record("declaration-tag", { name, typeId, component: fc.integer({ min: -1, max: 100 }) }),
  record("type-tag", { name, typeId }),
);

test("types that are encoded decode to themselves, whatever order they are asked for in", () => {
  const order = fc.array(fc.nat(1000), { maxLength: 8 });
  fc.assert(
    fc.property(
      fc.array(anyType, { maxLength: 40 }),
      fc.boolean(),
      fc.boolean(),
      order,
      (types, littleEndian, sharesTails, ids) => {
        const spec = decodeBtf(buildBtf(types, { littleEndian, sharesTails }));
        for (const id of ids) if (id > 0 && id <= types.length) assert.equal(spec.nameOf(id), types[id - 1]?.name);
        for (const [index, type] of types.entries())
          assert.deepEqual(spec.typeById(index + 1), { ...type, id: index + 1 });
        assert.equal(spec.typeCount, types.length + 1);
      },
    ),
    { seed: 1, numRuns: 300 },
  );
});

test("names find the types that have them, by each way of looking", () => {
  const wanted = fc.array(name, { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(
      fc.array(anyType, { maxLength: 60 }),
      wanted,
      fc.boolean(),
      fc.boolean(),
      (types, names, sharesTails, isPrepared) => {
        const spec = decodeBtf(buildBtf(types, { sharesTails }));
        if (isPrepared) spec.prepareNames(names);
        const idsOf = (isWanted: (type: TypeInput) => boolean): number[] =>
          types.flatMap((type, index) => (isWanted(type) ? [index + 1] : []));
        for (const each of names) {
          assert.equal(
            spec.findId(each, "typedef"),
            idsOf(({ kind, name: own }) => kind === "typedef" && own === each)[0],
          );
          assert.deepEqual(
            spec.idsByName(each),
            idsOf(({ name: own }) => own === each),
          );
          const essential = essentialName(each);
          assert.deepEqual(
            spec.idsByEssentialName(each),
            idsOf(({ name: own }) => own !== "" && essentialName(own) === essential),
          );
        }
      },
    ),
    { seed: 2, numRuns: 300 },
  );
});

test("damaged bytes decode to something or an EbpfError", () => {
  const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(anyType, { minLength: 1, maxLength: 20 }), edits, (types, changes) => {
      const bytes = buildBtf(types);
      for (const [at, value] of changes) bytes[at % bytes.length] = value;
      try {
        const spec = decodeBtf(bytes);
        for (let id = 0; id < spec.typeCount; id++) spec.typeById(id);
      } catch (error) {
        if (!(error instanceof EbpfError)) throw error;
      }
    }),
    { seed: 3, numRuns: 1000 },
  );
});
