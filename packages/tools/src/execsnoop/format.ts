/** Events as lines of text, in the columns of the original. */
import { formatLocalTime, type WallClock } from "../cli/clock.ts";
import { type Column, formatRow, formatTitles } from "../cli/columns.ts";
import { type ByteString, toByteString } from "./byte-string.ts";
import { type ExecEvent, findVariable } from "./events.ts";

/** What is shown, beside the columns that always are. */
export interface TextOptions {
  readonly hasTime: boolean;
  /** Whether there is a column of seconds since {@link startUs}. */
  readonly hasTimestamp: boolean;
  readonly hasUid: boolean;
  readonly hasDirectory: boolean;
  /** Names of variables that have a column each. */
  readonly envNames: readonly string[];
  readonly isQuoted: boolean;
  /** When tracing began, in microseconds of the monotonic clock. */
  readonly startUs: number;
  readonly clock: WallClock;
}

/** Lines of text for events. */
export interface TextFormat {
  /** The line of titles. */
  titles(): ByteString;
  /** The line of an event. */
  row(event: ExecEvent): ByteString;
}

/** Makes the lines that the options ask for; each ends with a newline and is to be written as latin1. */
export function textFormat(options: TextOptions): TextFormat {
  const columns = chooseColumns(options);
  const quote = options.isQuoted ? quoteWord : (word: ByteString) => word;
  return {
    titles: () => `${formatTitles([...columns, ARGS])}\n`,
    row: (event) => {
      // Each argument has a blank after it, the last one too, as the original prints them.
      let args = "";
      for (const word of event.argv) args += `${quote(word)} `;
      return `${formatRow(columns, event)} ${args}${event.hasMoreArgs ? " ..." : ""}\n`;
    },
  };
}

const ARGS: Column<ExecEvent> = { title: "ARGS", width: 0, align: "left", text: () => "" };

function chooseColumns(options: TextOptions): Column<ExecEvent>[] {
  const { clock, startUs } = options;
  const left = (title: string, width: number, text: (event: ExecEvent) => string): Column<ExecEvent> => {
    return { title, width, align: "left", text };
  };
  const columns = [
    left("PCOMM", 16, (event) => event.comm),
    left("PID", 6, (event) => String(event.pid)),
    left("PPID", 6, (event) => String(event.ppid)),
    { title: "RET", width: 3, align: "right", text: (event: ExecEvent) => String(event.ret) } as const,
  ];
  const before = [];
  if (options.hasTime) before.push(left("TIME", 8, (event) => formatLocalTime(clock.wallUs(event.timeUs))));
  if (options.hasTimestamp) before.push(left("TIME(s)", 8, (event) => ((event.timeUs - startUs) / 1e6).toFixed(3)));
  if (options.hasUid) before.push(left("UID", 6, (event) => String(event.uid)));
  const quote = options.isQuoted ? quoteWord : (word: ByteString) => word;
  if (options.hasDirectory)
    columns.push(left("CWD", 20, (event) => (event.cwd === undefined ? "-" : quote(event.cwd))));
  for (const name of options.envNames) {
    const key = toByteString(name);
    columns.push(
      left(key, Math.max(16, key.length), (event) => {
        const value = findVariable(event.env ?? [], key);
        return value === undefined ? "-" : quote(value);
      }),
    );
  }
  return [...before, ...columns];
}

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', "\t": "\\t", "\n": "\\n" };

function quoteWord(word: ByteString): ByteString {
  return `"${word.replace(/["\t\n]/g, (character) => ESCAPES[character] ?? character)}"`;
}
