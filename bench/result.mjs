// @ts-check
// What a measured program prints: one JSON line, an error included, which is a result too.

/** Rounds to the microsecond. @param {number} ms */
export function milliseconds(ms) {
  return Math.round(ms * 1000) / 1000;
}

/**
 * Prints what `measure` gives, or the error that it throws with exit code 1.
 * @param {() => object | Promise<object>} measure
 */
export async function printResult(measure) {
  try {
    console.log(JSON.stringify({ peer: "ebpf-ts", ...(await measure()) }));
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    console.log(JSON.stringify({ peer: "ebpf-ts", error: `${name}: ${message.split("\n")[0]}` }));
    process.exitCode = 1;
  }
}
