import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { decodeInstructions } from "./decode.ts";
import { encodeInstructions } from "./encode.ts";
import { type Instruction, LD_IMM64 } from "./instruction.ts";
import { toRegister } from "./register.ts";

const register = fc.integer({ min: 0, max: 10 }).map(toRegister);
const fields = { dst: register, src: register, offset: fc.integer({ min: -0x8000, max: 0x7fff }) };
const narrow = fc.record(
  {
    ...fields,
    opcode: fc.integer({ min: 0, max: 255 }).filter((opcode) => opcode !== LD_IMM64),
    imm: fc.integer({ min: -0x80000000, max: 0x7fffffff }),
  },
  { noNullPrototype: true },
);
const wide = fc.record(
  {
    ...fields,
    opcode: fc.constant(LD_IMM64),
    imm: fc.constant(0),
    imm64: fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }),
  },
  { noNullPrototype: true },
);
const stream: fc.Arbitrary<Instruction[]> = fc.array(fc.oneof(narrow, wide), { maxLength: 64 });

test("instructions come back from their bytes as they were, in both byte orders", () => {
  fc.assert(
    fc.property(stream, fc.boolean(), (insns, littleEndian) => {
      assert.deepEqual(decodeInstructions(encodeInstructions(insns, littleEndian).bytes, littleEndian), insns);
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test("bytes come back from their instructions as they were, in both byte orders", () => {
  fc.assert(
    fc.property(stream, fc.boolean(), (insns, littleEndian) => {
      const { bytes } = encodeInstructions(insns, littleEndian);
      assert.deepEqual(encodeInstructions(decodeInstructions(bytes, littleEndian), littleEndian).bytes, bytes);
    }),
    { seed: 2, numRuns: 2000 },
  );
});

test("offsets tell where each instruction starts", () => {
  fc.assert(
    fc.property(stream, (insns) => {
      const { bytes, offsets } = encodeInstructions(insns, true);
      for (const [index, insn] of insns.entries()) {
        const start = offsets[index] ?? 0;
        assert.deepEqual(decodeInstructions(bytes.subarray(start, offsets[index + 1] ?? bytes.length), true), [insn]);
      }
    }),
    { seed: 3, numRuns: 500 },
  );
});
