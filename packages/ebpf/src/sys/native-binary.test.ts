import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

/** All that the file may ask of the process that loads it, besides Node-API 8: each is in glibc, musl and every Node.js from 20. */
const ALLOWED_SYMBOLS = [
  ...["__errno_location", "calloc", "free", "getauxval", "malloc", "memcpy", "memset", "syscall"],
  ...["uv_close", "uv_handle_size", "uv_poll_init", "uv_poll_start", "uv_ref", "uv_unref"],
];

/** The functions of Node-API 8, by its own headers. */
const { symbols } = createRequire(import.meta.url)("node-api-headers") as {
  symbols: { v8: { js_native_api_symbols: string[]; node_api_symbols: string[] } };
};
const NODE_API_8 = [...symbols.v8.js_native_api_symbols, ...symbols.v8.node_api_symbols];

for (const target of ["linux-x64", "linux-arm64"]) {
  test(`the prebuilt ${target} file needs no library, no symbol version and few symbols`, () => {
    const elf = readDynamic(fileURLToPath(new URL(`../../prebuilds/${target}/ebpf.node`, import.meta.url)));
    const DT_NEEDED = 1n;
    const DT_VERNEED = 0x6ffffffen;
    assert.equal(elf.tags.includes(DT_NEEDED), false);
    assert.equal(elf.tags.includes(DT_VERNEED), false);
    const allowed = new Set([...ALLOWED_SYMBOLS, ...NODE_API_8]);
    assert.deepEqual(
      elf.undefinedSymbols.filter((name) => !allowed.has(name)),
      [],
    );
    assert.deepEqual(elf.definedSymbols.sort(), ["napi_register_module_v1", "node_api_module_get_api_version_v1"]);
  });
}

test("64 KB pages of arm64 kernels can hold the segments of the arm64 file", () => {
  const elf = readDynamic(fileURLToPath(new URL("../../prebuilds/linux-arm64/ebpf.node", import.meta.url)));
  assert.deepEqual(new Set(elf.segmentAlignments), new Set([0x10000n]));
});

test("the manifest lists exactly the sources that there are", (t) => {
  const folder = new URL("../../native/", import.meta.url);
  let files: string[];
  try {
    files = readdirSync(folder).filter((name) => /\.[ch]$/.test(name));
  } catch {
    return t.skip("needs feature sources");
  }
  const manifest = JSON.parse(readFileSync(new URL("../../prebuilds/manifest.json", import.meta.url), "utf8"));
  for (const target of ["linux-x64", "linux-arm64"]) {
    assert.deepEqual(Object.keys(manifest[target].sources).sort(), files.sort());
  }
});

interface Dynamic {
  readonly tags: bigint[];
  readonly undefinedSymbols: string[];
  readonly definedSymbols: string[];
  readonly segmentAlignments: bigint[];
}

/** Reads the dynamic section and symbols of a 64-bit little-endian ELF file. */
function readDynamic(file: string): Dynamic {
  const bytes = readFileSync(file);
  const at = (offset: bigint): number => Number(bytes.readBigUInt64LE(Number(offset)));
  const segments = Array.from({ length: bytes.readUInt16LE(56) }, (_, i) => BigInt(at(32n)) + BigInt(i) * 56n);
  const sections = Array.from({ length: bytes.readUInt16LE(60) }, (_, i) => BigInt(at(40n)) + BigInt(i) * 64n);
  const ofType = (type: number): bigint =>
    sections.find((header) => bytes.readUInt32LE(Number(header) + 4) === type) ?? 0n;
  const range = (header: bigint): [start: number, end: number] => [
    at(header + 24n),
    at(header + 24n) + at(header + 32n),
  ];

  const tags: bigint[] = [];
  const [dynamicStart, dynamicEnd] = range(ofType(6));
  for (let entry = dynamicStart; entry < dynamicEnd; entry += 16) tags.push(bytes.readBigUInt64LE(entry));

  const symbols = ofType(11);
  const [symbolStart, symbolEnd] = range(symbols);
  const [textStart] = range(sections[bytes.readUInt32LE(Number(symbols) + 40)] ?? 0n);
  const undefinedSymbols: string[] = [];
  const definedSymbols: string[] = [];
  for (let symbol = symbolStart + 24; symbol < symbolEnd; symbol += 24) {
    const start = textStart + bytes.readUInt32LE(symbol);
    const name = bytes.toString("latin1", start, bytes.indexOf(0, start));
    const isLocal = bytes.readUInt8(symbol + 4) >> 4 === 0;
    if (!isLocal) (bytes.readUInt16LE(symbol + 6) === 0 ? undefinedSymbols : definedSymbols).push(name);
  }
  const PT_LOAD = 1;
  const loads = segments.filter((header) => bytes.readUInt32LE(Number(header)) === PT_LOAD);
  return {
    tags,
    undefinedSymbols,
    definedSymbols,
    segmentAlignments: loads.map((header) => bytes.readBigUInt64LE(Number(header) + 48)),
  };
}
