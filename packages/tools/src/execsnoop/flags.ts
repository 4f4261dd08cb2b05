/** The command line of execsnoop. */
import { type Flag, type FlagValues, formatFlags, parseFlags, UsageError } from "../cli/flags.ts";

/** Arguments that are shown unless told otherwise, and the most that are, as in the original. */
const DEFAULT_MAX_ARGS = 20;
const MOST_MAX_ARGS = 60;
/** The kernel's (uid_t) -1 stands for no user. */
const MOST_UID = 2 ** 32 - 2;
const MOST_PID = 2 ** 31 - 1;
const LEAST_BUFFER_KIB = 4;
const MOST_BUFFER_KIB = 2 ** 20;
/** A timer of Node.js takes no more. */
const MOST_SECONDS = 2_147_483;

const FLAGS: readonly Flag[] = [
  { name: "time", short: "T", hasGoName: true, help: "show the time of day (HH:MM:SS)" },
  { name: "timestamp", short: "t", hasGoName: true, help: "show the seconds since the start" },
  { name: "print-uid", short: "U", hasGoName: true, help: "show the user id" },
  { name: "cwd", help: "show the working directory" },
  {
    name: "env",
    value: "NAME",
    isRepeatable: true,
    help: "show a variable of the new process; can be given several times",
  },
  { name: "quote", short: "q", help: 'put each argument in double quotes, with \\", \\t and \\n escaped' },
  {
    name: "max-args",
    value: "N",
    help: `show at most N arguments, the path being the first: 1 to ${MOST_MAX_ARGS}, ${DEFAULT_MAX_ARGS} unless given`,
  },
  { name: "full-args", help: "show all arguments in full; of the others at most 127 bytes each are shown" },
  { name: "json", help: "print one JSON object a line" },
  { name: "fails", short: "x", help: "show execs that failed, too" },
  { name: "uid", short: "u", value: "UID", help: "only execs by this user" },
  { name: "ppid", value: "PID", help: "only execs by children of this process" },
  { name: "name", short: "n", value: "NAME", help: "only processes whose name contains NAME" },
  { name: "line", short: "l", value: "LINE", help: "only command lines (path and arguments) that contain LINE" },
  {
    name: "cgroup",
    short: "c",
    value: "PATH",
    help: "only processes in this cgroup v2 folder, or below it; the mount point may be left out",
  },
  { name: "duration", value: "SECONDS", help: "end after that time" },
  { name: "max-events", value: "N", help: "end after that many execs were shown" },
  { name: "buffer", value: "KIB", help: "size of the ring buffer: a power of two, 512 unless given" },
  { name: "explain", help: "tell on stderr which hooks are used, and why" },
  { name: "verbose", short: "v", help: "tell on stderr what is done" },
  { name: "help", short: "h", help: "print this text" },
  { name: "version", short: "V", help: "print the version" },
];

/** What the command line asks for. */
export interface Options {
  readonly hasTime: boolean;
  readonly hasTimestamp: boolean;
  readonly hasUid: boolean;
  readonly hasDirectory: boolean;
  readonly envNames: readonly string[];
  readonly isQuoted: boolean;
  /** Most arguments shown, the path included; Infinity for all. */
  readonly maxArgs: number;
  readonly hasFullArgs: boolean;
  readonly isJson: boolean;
  readonly hasFailed: boolean;
  readonly uid: number | undefined;
  readonly ppid: number | undefined;
  readonly name: string | undefined;
  readonly line: string | undefined;
  readonly cgroup: string | undefined;
  readonly durationMs: number | undefined;
  readonly maxEvents: number;
  readonly bufferBytes: number | undefined;
  readonly isExplained: boolean;
  readonly isVerbose: boolean;
}

/**
 * Reads the command line.
 *
 * @param argv without the names of Node.js, script and tool
 * @returns `help` or `version` when that was asked for
 * @throws {UsageError} when it is wrong
 */
export function parseOptions(argv: readonly string[]): Options | "help" | "version" {
  const values = parseFlags(FLAGS, argv);
  if (values.has("help")) return "help";
  if (values.has("version")) return "version";
  const hasFullArgs = values.has("full-args");
  return {
    hasTime: values.has("time"),
    hasTimestamp: values.has("timestamp"),
    hasUid: values.has("print-uid"),
    hasDirectory: values.has("cwd"),
    envNames: variableNames(values),
    isQuoted: values.has("quote"),
    maxArgs:
      values.wholeNumber("max-args", 1, MOST_MAX_ARGS) ?? (hasFullArgs ? Number.POSITIVE_INFINITY : DEFAULT_MAX_ARGS),
    hasFullArgs,
    isJson: values.has("json"),
    hasFailed: values.has("fails"),
    uid: values.wholeNumber("uid", 0, MOST_UID),
    ppid: values.wholeNumber("ppid", 0, MOST_PID),
    name: values.get("name"),
    line: values.get("line"),
    cgroup: cgroupPath(values),
    durationMs: durationMs(values),
    maxEvents: values.wholeNumber("max-events", 1, Number.MAX_SAFE_INTEGER) ?? Number.POSITIVE_INFINITY,
    bufferBytes: bufferBytes(values),
    isExplained: values.has("explain"),
    isVerbose: values.has("verbose"),
  };
}

function variableNames(values: FlagValues): string[] {
  const names = [...new Set(values.all("env"))];
  const bad = names.find((name) => name === "" || /[=\0]/.test(name));
  if (bad !== undefined) throw new UsageError(`--env ${bad}: wanted the name of a variable, without "="`);
  return names;
}

function cgroupPath(values: FlagValues): string | undefined {
  const path = values.get("cgroup");
  if (path === "") throw new UsageError("--cgroup: wanted the path of a folder, found an empty one");
  return path;
}

function durationMs(values: FlagValues): number | undefined {
  const text = values.get("duration");
  if (text === undefined) return undefined;
  const seconds = /^(\d+\.?\d*|\.\d+)$/.test(text) ? Number(text) : Number.NaN;
  if (seconds > 0 && seconds <= MOST_SECONDS) return seconds * 1000;
  throw new UsageError(`--duration ${text}: wanted a number of seconds, more than 0 and at most ${MOST_SECONDS}`);
}

function bufferBytes(values: FlagValues): number | undefined {
  const kib = values.wholeNumber("buffer", LEAST_BUFFER_KIB, MOST_BUFFER_KIB);
  if (kib === undefined) return undefined;
  if ((kib & (kib - 1)) !== 0) throw new UsageError(`--buffer ${kib}: wanted a power of two`);
  return kib * 1024;
}

/** What `--help` prints: usage, every flag, examples. */
export function helpText(): string {
  return `${INTRODUCTION}${formatFlags(FLAGS)}${CONCLUSION}`;
}

const INTRODUCTION = `usage: ebpf execsnoop [flags]

Shows each new program as it is started: by execve, execveat or fexecve, from any thread, 32-bit or 64-bit.

`;

const CONCLUSION = `
Columns: PCOMM (name of the process), PID, PPID (parent), RET (0, or the negative error number with -x), ARGS (path and
arguments; "..." when there are more). Data goes to stdout, all else to stderr.

  ebpf execsnoop                      all execs
  ebpf execsnoop -xT                  failed ones too, with the time of day
  ebpf execsnoop -u 1000 -l install   one user's command lines with "install" in them
  ebpf execsnoop --json --cwd --env PATH --duration 10

Exit codes: 0 done, ended by a signal or by a closed pipe; 1 failed; 2 wrong usage.
`;
