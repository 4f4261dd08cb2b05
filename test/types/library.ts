// Compiled, never run: the library's public signatures as a user's compiler sees them. A line after `@ts-expect-error` must
// not compile.
import {
  attach,
  type BpfRecord,
  type CollectionSpec,
  EbpfError,
  type Links,
  type Loss,
  type LossRecord,
  loadCollection,
  type MapSpec,
  openRingBuf,
  readObject,
  type SyscallError,
} from "ebpf-ts";
import { decodeElf, type decodeInstructions, type Instruction } from "ebpf-ts/core";

/** Compiles only when two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_isSame: Same<A, B>): void => {};

export async function everyStepHasItsType(signal: AbortSignal): Promise<void> {
  const spec = await readObject("execsnoop.bpf.o");
  same<typeof spec, CollectionSpec>(true);
  same<ReturnType<typeof spec.maps.get>, MapSpec | undefined>(true);
  same<ReturnType<typeof spec.maps.require>, MapSpec>(true);
  spec.variables.require("targ_uid").set(1000);
  spec.variables.require("big").set(2n ** 63n);
  // @ts-expect-error a variable has no value of this type
  spec.variables.require("targ_uid").set({});

  using collection = await loadCollection(spec);
  using links = await attach(collection);
  same<typeof links, Links>(true);
  const counts = collection.maps.require("counts");
  same<ReturnType<typeof counts.get>, Uint8Array | undefined>(true);
  // @ts-expect-error keys of an untyped map are bytes
  counts.get(1);

  const events = collection.maps.require("events");
  for await (const record of openRingBuf(events, { signal })) {
    same<typeof record, BpfRecord>(true);
    same<typeof record.bytes, Uint8Array>(true);
  }
  for await (const record of openRingBuf(events, { signal, loss: "inband" })) {
    same<typeof record, BpfRecord | LossRecord>(true);
    if (record.kind === "lost") same<typeof record, LossRecord>(true);
  }
  using reader = openRingBuf(events, { signal, onLost: (loss) => same<typeof loss, Loss>(true) });
  await reader.drain((batch) => void (batch.usedBytes satisfies number));
  same<ReturnType<typeof reader.readable>, ReadableStream<BpfRecord>>(true);
}

export function errorsSayWhatTheyAre(error: unknown): string | undefined {
  if (!(error instanceof EbpfError)) return undefined;
  // @ts-expect-error a code is one of those that the library has
  if (error.code === "ERR_OTHER") return undefined;
  return (error as SyscallError).errno satisfies string;
}

export function thePurePartsStandAlone(bytes: Uint8Array): void {
  decodeElf(bytes);
  // @ts-expect-error bytes from outside are a Uint8Array, not text
  decodeElf("execsnoop.bpf.o");
  same<ReturnType<typeof decodeInstructions>, Instruction[]>(true);
}
