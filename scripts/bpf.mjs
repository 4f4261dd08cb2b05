// @ts-check
// Compiles the tools' BPF programs, whose objects are committed: they are built where there is no clang.
//
//   node scripts/bpf.mjs build    compiles all into the source folders, and writes which clang did
//   node scripts/bpf.mjs verify   compiles all into a temporary folder; with the same clang the bytes must be the same
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { capture, Failure, fail, must } from "./child.mjs";
import { listFiles, ROOT } from "./files.mjs";

const MANIFEST = "packages/tools/src/bpf-manifest.json";
const HEADERS = join(ROOT, "packages/ebpf/headers");
const FLAGS = ["-O2", "-g", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-target", "bpfel"];

/** @param {"build" | "verify"} action */
async function compileAll(action) {
  const clang = await findProgram("clang");
  const strip = await findProgram("llvm-strip");
  const { stdout } = await capture(clang, ["--version"]);
  const version = stdout.split("\n")[0] ?? "";
  const isSameClang = action === "verify" && version === readManifest().clang;
  const folder = mkdtempSync(join(tmpdir(), "ebpf-tools-"));
  try {
    for (const source of listFiles("packages/tools/src", /\.bpf\.c$/)) {
      const object = source.replace(/c$/, "o");
      const made = join(folder, basename(object));
      // No path of this machine may be in an object, or it would not be the same elsewhere.
      const place = join(ROOT, dirname(source));
      const maps = [`-ffile-prefix-map=${place}=.`, `-ffile-prefix-map=${HEADERS}=headers`];
      await must(clang, [...FLAGS, ...maps, "-I", HEADERS, "-c", join(ROOT, source), "-o", made], { stdout: "stderr" });
      await must(strip, ["-g", made], { stdout: "stderr" });
      if (action === "build") copyFileSync(made, join(ROOT, object));
      else if (isSameClang && !readFileSync(made).equals(readFileSync(join(ROOT, object)))) {
        throw new Failure(`${object} is not what ${source} gives; run \`node scripts/bpf.mjs build\` and commit it`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  if (action === "build") writeFileSync(join(ROOT, MANIFEST), `${JSON.stringify({ clang: version }, null, 2)}\n`);
  if (action === "verify") console.log(isSameClang ? "objects are the sources'" : notCompared(version));
}

/** @param {string} version of the clang that was used */
function notCompared(version) {
  return `sources compile; bytes were not compared: objects are by "${readManifest().clang}", this is "${version}"`;
}

/** @returns {{ clang: string }} */
function readManifest() {
  return JSON.parse(readFileSync(join(ROOT, MANIFEST), "utf8"));
}

/**
 * The newest of the versions that Debian has side by side, or the one without a version in its name.
 * @param {string} name
 */
async function findProgram(name) {
  for (const candidate of [`${name}-19`, name]) {
    const { code } = await capture(candidate, ["--version"]);
    if (code === 0) return candidate;
  }
  throw new Failure(`${name} is missing (Debian: clang-19, llvm-19)`);
}

const action = process.argv[2];
if (action === "build" || action === "verify") {
  await compileAll(action).catch(fail);
} else {
  console.error("usage: node scripts/bpf.mjs build|verify");
  process.exitCode = 2;
}
