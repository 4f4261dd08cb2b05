/** Events as lines of JSON. */
import { formatIsoTime, type WallClock } from "../cli/clock.ts";
import { toByteString, toText } from "./byte-string.ts";
import { type ExecEvent, findVariable } from "./events.ts";

/** What is shown, beside the keys that always are. */
export interface JsonOptions {
  readonly hasDirectory: boolean;
  /** Names of variables that are shown where they are set. */
  readonly envNames: readonly string[];
  readonly clock: WallClock;
}

/**
 * Makes a line for an event: an object, and a newline, to be written as UTF-8. Its keys, in this order: `time` (ISO 8601, UTC,
 * microseconds), `pid`, `ppid`, `uid`, `comm`, `ret`, `argv` (the path, then the arguments), `truncated`; then `interpreter`
 * for a script, and `cwd` and `env` (an object) when they were asked for and the exec succeeded.
 */
export function formatJson(event: ExecEvent, options: JsonOptions): string {
  const { interpreter, cwd, env } = event;
  return `${JSON.stringify({
    time: formatIsoTime(options.clock.wallUs(event.timeUs)),
    pid: event.pid,
    ppid: event.ppid,
    uid: event.uid,
    comm: toText(event.comm),
    ret: event.ret,
    argv: event.argv.map(toText),
    truncated: event.isTruncated,
    // JSON.stringify leaves out what is undefined
    interpreter: interpreter && toText(interpreter),
    cwd: options.hasDirectory && cwd !== undefined ? toText(cwd) : undefined,
    env: options.envNames.length > 0 && env !== undefined ? chosenVariables(env, options.envNames) : undefined,
  })}\n`;
}

/** Makes a line for events that were lost. @param cpu undefined when it isn't known */
export function formatJsonLoss(count: number, cpu: number | undefined): string {
  return `${JSON.stringify({ lost: count, cpu: cpu ?? null })}\n`;
}

function chosenVariables(env: readonly string[], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = findVariable(env, toByteString(name));
      return value === undefined ? [] : [[name, toText(value)]];
    }),
  );
}
