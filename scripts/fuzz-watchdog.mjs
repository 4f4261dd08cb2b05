// @ts-check
// Ends a fuzzing process whose decoder does not come back: a thread beside it that holds a copy of the present input.
import { mkdirSync, writeFileSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { isMainThread, Worker, workerData } from "node:worker_threads";
import { ROOT } from "./files.mjs";

const MAX_RUN_SECONDS = 10;
const MAX_INPUT_BYTES = 2 ** 24;

/** @typedef {{ counter: Int32Array, input: Uint8Array }} Shared counter[0] is odd during a run, counter[1] the input's size */

/**
 * Starts the thread.
 * @param {string} target name of what is fuzzed
 * @returns {{ begin(input: Uint8Array): void, end(): void, stop(): Promise<unknown> }} to be called around each run
 */
export function startWatchdog(target) {
  /** @type {Shared} */
  const shared = {
    counter: new Int32Array(new SharedArrayBuffer(8)),
    input: new Uint8Array(new SharedArrayBuffer(MAX_INPUT_BYTES)),
  };
  const worker = new Worker(new URL(import.meta.url), { workerData: { target, shared } });
  worker.unref();
  return {
    begin(input) {
      const kept = input.subarray(0, MAX_INPUT_BYTES);
      shared.input.set(kept);
      shared.counter[1] = kept.length;
      Atomics.add(shared.counter, 0, 1);
    },
    end: () => void Atomics.add(shared.counter, 0, 1),
    stop: () => worker.terminate(),
  };
}

/** @param {{ target: string, shared: Shared }} data */
function watch({ target, shared: { counter, input } }) {
  let last = 0;
  setInterval(() => {
    const now = Atomics.load(counter, 0);
    const isStuck = now === last && now % 2 === 1;
    last = now;
    if (!isStuck) return;
    const file = `build/fuzz/${target}-hang.bin`;
    mkdirSync(join(ROOT, dirname(file)), { recursive: true });
    writeFileSync(join(ROOT, file), Uint8Array.from(input.subarray(0, counter[1])));
    const again = `npm run fuzz -- ${target} --input ${file}`;
    writeSync(1, `✖ ${target}: no end after ${MAX_RUN_SECONDS} s\n  again: ${again}\n`);
    process.kill(process.pid, "SIGKILL"); // nothing else ends a thread that loops
  }, MAX_RUN_SECONDS * 1000);
}

if (!isMainThread && workerData?.shared !== undefined) watch(workerData);
