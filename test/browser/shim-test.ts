/**
 * Stands for `node:test` in a browser: runs tests one after another and keeps what came of them. What the project's unit
 * tests use is here; anything else fails to bundle.
 */

/** What came of one test; a suite's own entry is there only when the suite itself broke. */
export interface Outcome {
  /** Names from the outermost suite or test to the test itself, joined by ` > `. */
  readonly name: string;
  /** Whether it passed, failed, or was skipped. */
  readonly state: "passed" | "failed" | "skipped";
  /** The error's stack, or why the test was skipped. */
  readonly detail: string;
}

interface TestOptions {
  readonly skip?: boolean | string;
  readonly timeout?: number;
}
type TestBody = (context: TestContext) => unknown;

/** Raised by `t.skip()`, which in `node:test` lets the body go on; no test of ours does anything after it. */
class Skipped extends Error {}

/** The part of node:test's context that tests use. */
class TestContext {
  readonly name: string;
  readonly #path: readonly string[];
  readonly #after: (() => unknown)[] = [];

  constructor(path: readonly string[]) {
    this.#path = path;
    this.name = path.at(-1) ?? "";
  }

  test = (name: string, ...rest: readonly (TestOptions | TestBody)[]): Promise<void> =>
    runTest([...this.#path, name], rest);

  after(body: () => unknown): void {
    this.#after.push(body);
  }

  skip(reason = ""): never {
    throw new Skipped(reason);
  }

  diagnostic(message: string): void {
    console.info(message);
  }

  async runAfter(): Promise<void> {
    for (const body of this.#after) await body();
  }
}

const outcomes: Outcome[] = [];
const suites: string[] = [];
let queue: Promise<void> = Promise.resolve();

async function runTest(path: readonly string[], rest: readonly (TestOptions | TestBody)[]): Promise<void> {
  const body = rest.find((part): part is TestBody => typeof part === "function");
  const options = rest.find((part): part is TestOptions => typeof part === "object");
  const name = path.join(" > ");
  if (options?.skip !== undefined && options.skip !== false) {
    outcomes.push({ name, state: "skipped", detail: String(options.skip) });
    return;
  }
  const context = new TestContext(path);
  const failuresBefore = outcomes.filter(({ state }) => state === "failed").length;
  try {
    try {
      await body?.(context);
    } finally {
      await context.runAfter();
    }
    // As in node:test, a test whose subtest failed has failed.
    const hasFailedWithin = outcomes.filter(({ state }) => state === "failed").length > failuresBefore;
    outcomes.push({ name, state: hasFailedWithin ? "failed" : "passed", detail: "a subtest failed" });
  } catch (error) {
    const isSkip = error instanceof Skipped;
    const detail = error instanceof Error ? (isSkip ? error.message : `${error.name}: ${error.stack}`) : String(error);
    outcomes.push({ name, state: isSkip ? "skipped" : "failed", detail });
  }
}

/** Adds a test to the queue. */
export function test(name: string, ...rest: readonly (TestOptions | TestBody)[]): Promise<void> {
  const path = [...suites, name];
  queue = queue.then(() => runTest(path, rest));
  return queue;
}

/** Adds the tests that its body, which must be synchronous, declares. */
export function describe(name: string, body: () => void): void {
  suites.push(name);
  try {
    body();
  } finally {
    suites.pop();
  }
}

/** The same as {@link test}, by the name it has within a suite. */
export const it: typeof test = (name, ...rest) => test(name, ...rest);
export default Object.assign(test, { test, it, describe });

/** Waits for all tests declared so far. @returns what came of them, in order */
export async function finish(): Promise<readonly Outcome[]> {
  await queue;
  return outcomes;
}
