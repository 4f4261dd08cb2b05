// @ts-check
// Runs the unit tests of the pure layers in Chromium: bundled from sources, with shims of ours for node:test and
// node:assert, served on loopback together with testdata/.
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join, normalize } from "node:path";
import * as esbuild from "esbuild";
import { chromium } from "playwright-core";
import { listFiles, ROOT } from "../../scripts/files.mjs";
import { emptyTally, tallyOf } from "../../scripts/test/tally.mjs";

/** Folders of layers 0 to 3. */
const PURE = ["bytes", "elf", "asm", "btf", "object"].map((layer) => `packages/ebpf/src/${layer}`);
const CHROMIUM = "/usr/bin/chromium";

/** @returns {Promise<import("../../scripts/test/tally.mjs").Tally>} */
export async function runBrowserTests() {
  const files = [
    ...listFiles("packages/ebpf/src", /^packages\/ebpf\/src\/[^/]+\.test\.ts$/).filter((path) => /errors/.test(path)),
    ...PURE.flatMap((folder) => listFiles(folder, /\.test\.ts$/)),
  ].filter((path) => !path.endsWith(".property.test.ts"));
  if (files.length === 0) return tallyOf(false, "browser: no test found");

  const server = await serve(await bundle(files));
  try {
    return report(files, await visit(server.url));
  } finally {
    await server.close();
  }
}

/**
 * One module that declares the tests of each file in turn and leaves the outcomes, by file, in `globalThis.outcomes`.
 * @param {readonly string[]} files
 */
async function bundle(files) {
  const steps = files.map(
    (path) =>
      `mark = (await finish()).length; await import("./${path}"); all["${path}"] = (await finish()).slice(mark);`,
  );
  const contents = [
    'import { finish } from "node:test";',
    "const all = {}; let mark = 0;",
    ...steps,
    "globalThis.outcomes = all;",
  ].join("\n");
  const shims = {
    "node:test": "shim-test.ts",
    "node:assert/strict": "shim-assert.ts",
    "node:assert": "shim-assert.ts",
  };
  const { outputFiles } = await esbuild.build({
    absWorkingDir: ROOT,
    stdin: { contents, resolveDir: ROOT, loader: "js" },
    bundle: true,
    write: false,
    platform: "browser",
    format: "esm",
    target: "es2023",
    sourcemap: "inline",
    alias: Object.fromEntries(Object.entries(shims).map(([name, file]) => [name, join(ROOT, "test/browser", file)])),
    external: ["node:fs/promises"], // readFixture's other half, which a browser never reaches
  });
  return outputFiles[0]?.text ?? "";
}

/**
 * Serves the page, the bundle, and testdata/ on a port of loopback.
 * @param {string} script
 */
async function serve(script) {
  const page =
    '<!doctype html><meta charset="utf-8"><title>tests</title><script type="module" src="/tests.js"></script>';
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    if (path === "/") return response.setHeader("content-type", "text/html").end(page);
    if (path === "/tests.js") return response.setHeader("content-type", "text/javascript").end(script);
    const bytes = path.startsWith("/testdata/") ? await readFile(join(ROOT, path)).catch(() => undefined) : undefined;
    if (bytes === undefined) return response.writeHead(404).end();
    return response.setHeader("content-type", "application/octet-stream").end(bytes);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the test server has no port");
  return {
    url: `http://127.0.0.1:${address.port}/`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/**
 * Opens the page and waits for the tests' end.
 * @param {string} url
 * @returns {Promise<{ outcomes: Record<string, { name: string, state: string, detail: string }[]>, errors: string[] }>}
 */
async function visit(url) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [
      ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"], // root has no sandbox
      ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
    ],
  });
  try {
    const page = await browser.newPage();
    /** @type {string[]} */
    const errors = [];
    page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
    await page.goto(url);
    // A module that breaks while it is imported leaves no outcomes, but an error.
    const deadline = Date.now() + 120_000;
    let outcomes;
    while (outcomes === undefined && errors.length === 0 && Date.now() < deadline) {
      outcomes = await page.evaluate("globalThis.outcomes");
      if (outcomes === undefined) await page.waitForTimeout(50);
    }
    return { outcomes: outcomes ?? {}, errors };
  } finally {
    await browser.close();
  }
}

/**
 * @param {readonly string[]} files
 * @param {Awaited<ReturnType<typeof visit>>} result
 */
function report(files, { outcomes, errors }) {
  const all = files.flatMap((file) => outcomes[file] ?? []);
  const count = (/** @type {string} */ state) => all.filter((outcome) => outcome.state === state).length;
  for (const { name, state, detail } of all) if (state === "failed") console.log(`✖ ${name}\n  ${detail}`);
  for (const error of errors) console.log(`✖ ${error}`);
  const complaints = [
    ...files.filter((file) => !outcomes[file]?.length).map((file) => `browser: ${file} ran no test`),
    ...errors.map((error) => `browser: ${error.split("\n")[0]}`),
    // Whatever needs a skip in a browser is no pure layer.
    ...all.filter(({ state }) => state === "skipped").map(({ name }) => `browser: "${name}" is skipped`),
  ];
  console.log(`${files.length} files in Chromium: ${count("passed")} passed, ${count("failed")} failed`);
  return {
    ...emptyTally(),
    ...{ passed: count("passed"), failed: count("failed") + complaints.length, skipped: count("skipped"), complaints },
  };
}
