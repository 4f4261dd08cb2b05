import { type Collection, type CollectionSpec, readObject } from "ebpf-ts";

/** Number of getuid, the system call that the test object's programs follow; no other work of Node makes it. */
const GETUID = process.arch === "x64" ? 102n : 174n;

/** The object whose programs write numbered records for each call of getuid by this process. */
export async function streamsSpec(options: { records?: number; bytes?: number } = {}): Promise<CollectionSpec> {
  const spec = await readObject(new URL("../../../testdata/streams.el.o", import.meta.url));
  spec.variables.require("wanted_pid").set(process.pid);
  spec.variables.require("wanted_syscall").set(GETUID);
  spec.variables.require("records_per_call").set(options.records ?? 1);
  spec.variables.require("record_bytes").set(options.bytes ?? 16);
  return spec;
}

/** Leaves one program of the object in. */
export function only(spec: CollectionSpec, name: string): CollectionSpec {
  for (const program of spec.programs.values()) program.isOptional = program.name !== name;
  return spec;
}

/** Makes the programs run, once for each call. */
export function trigger(calls: number): void {
  for (let call = 0; call < calls; call++) process.getuid?.();
}

/** The number in a record's first 8 bytes. */
export function numberOf(bytes: Uint8Array): number {
  return Number(new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getBigUint64(0, true));
}

/** How many records the programs have written, lost ones included. */
export function produced(collection: Collection): number {
  const bytes = collection.maps.require(".bss").get(new Uint8Array(4));
  return bytes === undefined ? 0 : numberOf(bytes);
}
