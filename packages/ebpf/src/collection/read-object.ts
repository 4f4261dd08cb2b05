import { readFile } from "node:fs/promises";
import { decodeObject } from "../object/decode-object.ts";
import type { CollectionSpec } from "../object/spec.ts";

/**
 * Reads and decodes an object file.
 *
 * @throws {FormatError} when the file is no BPF object
 * @throws {RelocationError} when a reference in it has no answer
 */
export async function readObject(path: string | URL): Promise<CollectionSpec> {
  return decodeObject(await readFile(path));
}
