/**
 * Reads a file of the repository's `testdata/` for a test: from the disk under Node, over HTTP from the test server in a
 * browser, so that one test file serves both.
 *
 * @param path relative to `testdata/`, with forward slashes
 * @returns the bytes, the caller's own
 * @throws {Error} when there is no such file
 * @example const bytes = await readFixture("execsnoop-el.o");
 */
export async function readFixture(path: string): Promise<Uint8Array> {
  if (typeof process === "undefined") {
    const response = await fetch(`/testdata/${path}`);
    if (!response.ok) throw new Error(`testdata/${path}: HTTP ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  }
  const { readFile } = await import("node:fs/promises");
  return new Uint8Array(await readFile(`testdata/${path}`)); // test runs start in the repository's root
}
