/** Stands for `node:assert/strict` in a browser, as far as the project's unit tests use it. */

/** What every assertion throws. */
export class AssertionError extends Error {
  override readonly name = "AssertionError";
}

type ErrorClass = abstract new (...args: never[]) => unknown;
type Expected = ErrorClass | RegExp | Readonly<Record<string, unknown>> | ((error: unknown) => boolean);

/** A value in words, for a message. */
function show(value: unknown): string {
  const seen = new Set<unknown>();
  const text = JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part === "bigint") return `${part}n`;
    if (part instanceof Map) return [...part];
    if (ArrayBuffer.isView(part))
      return `${part.constructor.name} ${new Uint8Array(part.buffer, part.byteOffset, part.byteLength)}`;
    if (typeof part === "object" && part !== null && seen.has(part)) return "(again)";
    seen.add(part);
    return part;
  });
  return text ?? String(value);
}

function check(isTrue: boolean, message: string | Error | undefined, otherwise: () => string): asserts isTrue {
  if (isTrue) return;
  if (message instanceof Error) throw message;
  throw new AssertionError(message ?? otherwise());
}

/** Whether two values are equal all the way down: prototypes, own enumerable properties, elements; NaN equals itself, 0 not -0. */
function isDeepEqual(a: unknown, b: unknown, pairs: Map<unknown, unknown> = new Map()): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (pairs.get(a) === b) return true; // a cycle: equal unless something else differs
  pairs.set(a, b);
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && [...a].every(([key, value]) => b.has(key) && isDeepEqual(value, b.get(key), pairs));
  }
  if (a instanceof Set && b instanceof Set) {
    return (
      a.size === b.size &&
      [...a].every((item) => b.has(item) || [...b].some((other) => isDeepEqual(item, other, pairs)))
    );
  }
  if (a instanceof Error && b instanceof Error && (a.message !== b.message || a.name !== b.name)) return false;
  if (a instanceof ArrayBuffer && b instanceof ArrayBuffer) return isDeepEqual(new Uint8Array(a), new Uint8Array(b));
  if (a instanceof DataView && b instanceof DataView) {
    const bytes = (view: DataView) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    return isDeepEqual(bytes(a), bytes(b));
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  // Both are objects by the checks above, and own each key asked for.
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return keys.every((key) => Object.hasOwn(b, key) && isDeepEqual(left[key], right[key], pairs));
}

function isErrorClass(expected: Expected): expected is ErrorClass {
  return (typeof expected === "function" && expected.prototype instanceof Error) || expected === Error;
}

/** Whether an error is what a test wants: of a class, with words, with properties, or as a function says. */
function matches(error: unknown, expected: Expected): boolean {
  if (expected instanceof RegExp) return expected.test(String(error));
  if (isErrorClass(expected)) return error instanceof expected;
  if (typeof expected === "function") {
    // What is neither an error class nor constructible is a validator; calling it is the only way to know.
    return (expected as (error: unknown) => boolean)(error) === true;
  }
  return Object.entries(expected).every(([key, wanted]) => {
    const found: unknown = typeof error === "object" && error !== null ? Reflect.get(error, key) : undefined;
    return wanted instanceof RegExp && typeof found === "string" ? wanted.test(found) : isDeepEqual(found, wanted);
  });
}

function checkError(error: unknown, expected: Expected | string | undefined): void {
  if (expected === undefined || typeof expected === "string" || matches(error, expected)) return;
  throw new AssertionError(`another error was thrown: ${String(error)}`, { cause: error });
}

export function ok(value: unknown, message?: string | Error): asserts value {
  check(Boolean(value), message, () => `${show(value)} is not truthy`);
}
export function equal(actual: unknown, expected: unknown, message?: string | Error): void {
  check(Object.is(actual, expected), message, () => `${show(actual)} is not ${show(expected)}`);
}
export function notEqual(actual: unknown, expected: unknown, message?: string | Error): void {
  check(!Object.is(actual, expected), message, () => `${show(actual)} is not to be`);
}
export function deepEqual(actual: unknown, expected: unknown, message?: string | Error): void {
  check(isDeepEqual(actual, expected), message, () => `${show(actual)}\nis not\n${show(expected)}`);
}
export function notDeepEqual(actual: unknown, expected: unknown, message?: string | Error): void {
  check(!isDeepEqual(actual, expected), message, () => `${show(actual)} is not to be`);
}
export function match(text: string, pattern: RegExp, message?: string | Error): void {
  check(pattern.test(text), message, () => `${show(text)} does not match ${pattern}`);
}
export function doesNotMatch(text: string, pattern: RegExp, message?: string | Error): void {
  check(!pattern.test(text), message, () => `${show(text)} matches ${pattern}`);
}
export function fail(message: string | Error = "failed"): never {
  throw message instanceof Error ? message : new AssertionError(message);
}
export function throws(body: () => unknown, expected?: Expected | string, message?: string): void {
  try {
    body();
  } catch (error) {
    checkError(error, expected);
    return;
  }
  fail(message ?? "nothing was thrown");
}
export function doesNotThrow(body: () => unknown): void {
  body();
}
export async function rejects(
  body: Promise<unknown> | (() => Promise<unknown>),
  expected?: Expected | string,
): Promise<void> {
  try {
    await (typeof body === "function" ? body() : body);
  } catch (error) {
    checkError(error, expected);
    return;
  }
  fail("the promise was not rejected");
}

export {
  deepEqual as deepStrictEqual,
  equal as strictEqual,
  notDeepEqual as notDeepStrictEqual,
  notEqual as notStrictEqual,
};
export default Object.assign((value: unknown, message?: string | Error) => ok(value, message), {
  ...{
    AssertionError,
    ok,
    equal,
    notEqual,
    deepEqual,
    notDeepEqual,
    match,
    doesNotMatch,
    fail,
    throws,
    doesNotThrow,
    rejects,
  },
  ...{ strictEqual: equal, notStrictEqual: notEqual, deepStrictEqual: deepEqual, notDeepStrictEqual: notDeepEqual },
});
