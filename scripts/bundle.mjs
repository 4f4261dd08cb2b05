// @ts-check
// Bundles each tool into one CommonJS file, which Node.js starts faster than the modules it is made of:
//
//   packages/tools/dist/ebpf.js            launcher (packages/tools/src/ebpf.ts)
//   packages/tools/dist/NAME.js            one for each packages/tools/src/NAME/main.ts, library included
//   packages/tools/dist/NAME/*.bpf.o       the tool's objects
//   packages/tools/dist/prebuilds/*/*.node the addon
//   packages/tools/dist/THIRD-PARTY.txt    licences of what else is inside
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import * as esbuild from "esbuild";
import { listFiles, ROOT } from "./files.mjs";

const DIST = "packages/tools/dist";
const LIBRARY = join(ROOT, "packages/ebpf/src");
const TOOLS = join(ROOT, "packages/tools/src");

/** Writes the whole of packages/tools/dist. Compiled modules must be there already: the tools' summaries are read from them. */
export async function bundleTools() {
  const tools = listFiles("packages/tools/src", /^packages\/tools\/src\/[^/]+\/main\.ts$/).map(
    (path) => path.split("/")[3] ?? "",
  );
  const copied = copyObjects();
  const options = await sharedOptions();
  const bundled = await esbuild.build({
    ...options,
    entryPoints: Object.fromEntries(tools.map((name) => [name, join(TOOLS, name, "main.ts")])),
  });
  const launcher = await esbuild.build({
    ...options,
    entryPoints: { ebpf: join(TOOLS, "ebpf.ts") },
    define: {
      EBPF_VERSION: JSON.stringify(readPackage("packages/tools").version),
      EBPF_TOOLS: JSON.stringify(await summaries(tools)),
    },
  });
  const inputs = [bundled, launcher].flatMap(({ metafile }) => Object.keys(metafile.inputs));
  write("THIRD-PARTY.txt", licences(inputs));
  write("package.json", '{ "type": "commonjs" }\n');
  const outputs = [bundled, launcher].flatMap(({ metafile }) => Object.keys(metafile.outputs));
  removeOthers(new Set([...copied, ...outputs, `${DIST}/THIRD-PARTY.txt`, `${DIST}/package.json`]));
}

/** @returns {Promise<esbuild.BuildOptions & { metafile: true }>} */
async function sharedOptions() {
  return {
    absWorkingDir: ROOT,
    outdir: DIST,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    treeShaking: true,
    // A start reads the whole file and hashes it for the code cache; names stay, for stack traces.
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: "eof",
    logLevel: "warning",
    metafile: true,
    // From sources rather than from dist: unused exports fall away whole, and `using` is lowered once.
    alias: { "ebpf-ts": join(LIBRARY, "index.ts"), "ebpf-ts/core": join(LIBRARY, "core.ts") },
    plugins: [modulePlaces],
  };
}

/**
 * Gives each module that asks for `import.meta.url` its place in dist: a tool's modules that of `dist/NAME/…`, the library's
 * that of `dist/library/…`, whence `../../prebuilds` is `dist/prebuilds`.
 * @type {esbuild.Plugin}
 */
const modulePlaces = {
  name: "module-places",
  setup(build) {
    build.onLoad({ filter: /\/packages\/(ebpf|tools)\/src\/.*\.ts$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (!source.includes("import.meta.url")) return undefined;
      const place = path.startsWith(LIBRARY) ? join("library", relative(LIBRARY, path)) : relative(TOOLS, path);
      // No `require`: a module may have a variable of that name.
      const url = `process.getBuiltinModule("node:url").pathToFileURL(__dirname + ${JSON.stringify(`/${place}`)}).href`;
      return { loader: "ts", contents: source.replaceAll("import.meta.url", url) };
    });
  },
};

/** Copies the tools' objects beside both their compiled modules and their bundles, and the addon into dist. */
function copyObjects() {
  const objects = listFiles("packages/tools/src", /\.bpf\.o$/).map((path) => path.slice("packages/tools/src/".length));
  const addons = listFiles("packages/ebpf/prebuilds", /\.node$/);
  for (const path of objects) copy(`packages/tools/src/${path}`, `packages/tools/build/${path}`);
  return [
    ...objects.map((path) => copy(`packages/tools/src/${path}`, `${DIST}/${path}`)),
    ...addons.map((path) => copy(path, path.replace("packages/ebpf", DIST))),
  ];
}

/**
 * @param {string} from
 * @param {string} to
 */
function copy(from, to) {
  mkdirSync(join(ROOT, dirname(to)), { recursive: true });
  copyFileSync(join(ROOT, from), join(ROOT, to));
  return to;
}

/**
 * The line that `ebpf --help` has for each tool: what its main.ts exports as `summary`.
 * @param {readonly string[]} tools
 */
async function summaries(tools) {
  const lines = await Promise.all(
    tools.map(async (name) => {
      const main = pathToFileURL(join(ROOT, "packages/tools/build", name, "main.js"));
      // A name of its own for each build, or a second one in the same process would see the first one's module.
      const { summary } = await import(`${main.href}?${Date.now()}`);
      return [name, summary ?? ""];
    }),
  );
  return Object.fromEntries(lines);
}

/**
 * Names, versions and licences of the packages that bundled files come from.
 * @param {readonly string[]} inputs paths relative to the root
 */
function licences(inputs) {
  const folders = new Set(inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []));
  return [...folders].sort().map(licenceOf).join("\n");
}

/** @param {string} folder of a package */
function licenceOf(folder) {
  const { name, version, license } = readPackage(folder);
  const file = ["LICENSE", "LICENSE.md", "LICENCE"].find((candidate) => existsSync(join(ROOT, folder, candidate)));
  if (file === undefined) throw new Error(`${folder} has no licence file to bundle`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(ROOT, folder, file), "utf8")}`;
}

/** @param {string} folder */
function readPackage(folder) {
  return JSON.parse(readFileSync(join(ROOT, folder, "package.json"), "utf8"));
}

/**
 * @param {string} name
 * @param {string} text
 */
function write(name, text) {
  writeFileSync(join(ROOT, DIST, name), text);
}

/**
 * Removes what an earlier build made and this one did not.
 * @param {ReadonlySet<string>} kept
 */
function removeOthers(kept) {
  for (const path of listFiles(DIST)) {
    if (!kept.has(path)) rmSync(join(ROOT, path));
  }
}
