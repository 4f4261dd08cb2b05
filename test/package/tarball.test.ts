import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";

const run = promisify(execFile);

interface Packed {
  readonly name: string;
  readonly files: readonly { readonly path: string; readonly size: number }[];
}

/** What npm would publish of a package. */
async function pack(folder: string): Promise<readonly string[]> {
  const { stdout } = await run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: folder });
  const found: unknown = JSON.parse(stdout);
  // npm 11 gives a list, later ones an object by name.
  const [packed] = Array.isArray(found) ? (found as Packed[]) : Object.values(found as Record<string, Packed>);
  assert.ok(packed !== undefined, stdout);
  return packed.files.map(({ path }) => path);
}

const ALWAYS = ["LICENSE", "README.md", "package.json"];

test("the library's tarball holds compiled modules, prebuilt addons and headers, and no tests or sources", async () => {
  const files = await pack("packages/ebpf");
  const allowed =
    /^(dist\/.+\.(js|d\.ts)|prebuilds\/(linux-(x64|arm64)\/ebpf\.node|.+\.json)|headers\/.+\.h|LICENSE|README\.md|package\.json)$/;
  assert.deepEqual(
    files.filter((path) => !allowed.test(path) || /\.(test|test-support)\./.test(path)),
    [],
  );
  const needed = [...ALWAYS, "dist/index.js", "dist/index.d.ts", "dist/core.js", "dist/core.d.ts"];
  const addons = ["prebuilds/linux-x64/ebpf.node", "prebuilds/linux-arm64/ebpf.node"];
  assert.deepEqual(
    [...needed, ...addons].filter((path) => !files.includes(path)),
    [],
  );
});

test("the tools' tarball holds bundles, BPF objects, addons and licences, and no cached code", async () => {
  const files = await pack("packages/tools");
  const allowed =
    /^(dist\/([\w-]+\.js|package\.json|THIRD-PARTY\.txt|[\w-]+\/[\w-]+\.bpf\.o|prebuilds\/.+\.node)|LICENSE|README\.md|package\.json)$/;
  assert.deepEqual(
    files.filter((path) => !allowed.test(path)),
    [],
  );
  const needed = [...ALWAYS, "dist/ebpf.js", "dist/package.json", "dist/THIRD-PARTY.txt", "dist/execsnoop.js"];
  assert.deepEqual(
    needed.filter((path) => !files.includes(path)),
    [],
  );
});
