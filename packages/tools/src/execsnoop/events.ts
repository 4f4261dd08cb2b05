/** Puts the records of one exec together: the details that were asked for come first, the exec itself last. */
import type { ByteString } from "./byte-string.ts";
import { AT_FDCWD, type ExecRecord, FLAG_CUT, FLAG_SCRIPT, RecordKind } from "./record.ts";

/** Most bytes that are shown of a path or argument unless all were asked for, as the original shows them. */
const SHOWN_BYTES = 127;
/** Execs whose details are kept at one time; more than CPUs, and an exec's records are neighbours in time on one CPU. */
const MOST_KEPT = 1024;
/** Time between an exec's details and its own record, which the same tracepoint sends at once. */
const MOST_APART_US = 1e6;

/** One exec. */
export interface ExecEvent {
  /** Time of the monotonic clock, in microseconds. */
  readonly timeUs: number;
  readonly pid: number;
  readonly ppid: number;
  readonly uid: number;
  /** 0, or the negative error number. */
  readonly ret: number;
  /** Name of the process: the new one's if the exec succeeded. */
  readonly comm: ByteString;
  /** The path, in the place of the first argument, and the other arguments: those of the script when it is one. */
  readonly argv: readonly ByteString[];
  /** Whether there are more arguments than those. */
  readonly hasMoreArgs: boolean;
  /** Whether anything is missing: arguments, the end of one, or a detail. */
  readonly isTruncated: boolean;
  /** What runs the script; undefined when it is a program. */
  readonly interpreter: ByteString | undefined;
  /** Working directory; undefined unless asked for, and after a failure. */
  readonly cwd: ByteString | undefined;
  /** `NAME=value` words; undefined unless asked for, and after a failure. */
  readonly env: readonly ByteString[] | undefined;
}

/** What the program was told to send. */
export interface EventOptions {
  /** Most arguments that are shown, the path included; Infinity for all. */
  readonly maxArgs: number;
  /** Whether arguments come whole, as Args records. */
  readonly hasFullArgs: boolean;
  /** Whether Env records come. */
  readonly hasEnv: boolean;
  /** Whether Directory records come. */
  readonly hasDirectory: boolean;
}

/** What came of one exec's details so far. */
interface Details {
  readonly timeUs: number;
  args: Block | undefined;
  env: Block | undefined;
  directory: ExecRecord | undefined;
}

interface Block {
  text: ByteString;
  readonly wholeBytes: number;
}

/** Makes events of records. Keeps the details of execs whose own record has not come yet. */
export class EventAssembler {
  readonly #options: EventOptions;
  readonly #kept = new Map<number, Details>();

  /** @param options which details are expected before each exec */
  constructor(options: EventOptions) {
    this.#options = options;
  }

  /** Takes the next record. @returns the event that it completes, if it does */
  take(record: ExecRecord): ExecEvent | undefined {
    if (record.kind !== RecordKind.Exec) {
      this.#keep(record);
      return undefined;
    }
    const details = this.#kept.get(record.pid);
    this.#kept.delete(record.pid);
    // Else they are of an earlier exec of the process, whose own record was lost.
    const isOwn = details !== undefined && record.ret === 0 && record.timeUs - details.timeUs < MOST_APART_US;
    return makeEvent(record, isOwn ? details : undefined, this.#options);
  }

  #keep(record: ExecRecord): void {
    let details = this.#kept.get(record.pid);
    if (details?.timeUs !== record.timeUs) {
      this.#kept.delete(record.pid);
      details = { timeUs: record.timeUs, args: undefined, env: undefined, directory: undefined };
      const [oldest] = this.#kept.keys();
      if (oldest !== undefined && this.#kept.size >= MOST_KEPT) this.#kept.delete(oldest);
      this.#kept.set(record.pid, details);
    }
    switch (record.kind) {
      case RecordKind.Args:
        details.args = append(details.args, record);
        break;
      case RecordKind.Env:
        details.env = append(details.env, record);
        break;
      case RecordKind.Directory:
        details.directory = record;
        break;
    }
  }
}

/** The value of a variable, by its name in bytes; undefined when it isn't set. */
export function findVariable(env: readonly ByteString[], key: ByteString): ByteString | undefined {
  return env.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
}

function append(block: Block | undefined, record: ExecRecord): Block {
  return { text: (block?.text ?? "") + record.data, wholeBytes: record.blockBytes };
}

function makeEvent(record: ExecRecord, details: Details | undefined, options: EventOptions): ExecEvent {
  const args = findArguments(record, details, options);
  const argv = [showPath(record, cut(args.path, args.pathLimit))];
  let isCut = args.path.length > args.pathLimit;
  for (const word of args.others) {
    argv.push(cut(word, args.limit));
    isCut ||= word.length > args.limit;
  }
  const hasMoreArgs = args.count > argv.length || !args.isWhole;
  const env = details?.env && splitBlock(details.env);
  const directory = details?.directory;
  const lacksEnv = options.hasEnv && env?.isWhole !== true;
  const lacksDirectory = options.hasDirectory && (directory === undefined || (directory.flags & FLAG_CUT) !== 0);
  return {
    timeUs: record.timeUs,
    pid: record.pid,
    ppid: record.ppid,
    uid: record.uid,
    ret: record.ret,
    comm: record.comm,
    argv,
    hasMoreArgs,
    isTruncated: hasMoreArgs || isCut || (record.ret === 0 && (lacksEnv || lacksDirectory)),
    interpreter: args.interpreter && cut(args.interpreter, args.limit),
    cwd: directory && showDirectory(directory),
    env: env?.strings,
  };
}

/** The arguments as the caller gave them, whatever an interpreter's are. */
interface Arguments {
  readonly path: ByteString;
  /** Bytes to be shown of the path. */
  readonly pathLimit: number;
  /** Those after the first, as many as are to be shown. */
  readonly others: readonly ByteString[];
  /** Bytes to be shown of each. */
  readonly limit: number;
  /** How many there are, the first included. */
  readonly count: number;
  /** Whether all came that was sent. */
  readonly isWhole: boolean;
  readonly interpreter: ByteString | undefined;
}

/** Tells the caller's arguments from those that the kernel put before them to run a script: `[interpreter, option?, path, …]`. */
function findArguments(record: ExecRecord, details: Details | undefined, options: EventOptions): Arguments {
  const few = splitStrings(record.data);
  const path = few[0] ?? "";
  const isFull = options.hasFullArgs && record.ret === 0;
  const block = isFull && details?.args ? splitBlock(details.args) : undefined;
  const words = block?.strings ?? few;
  // Before the few stands the path.
  const first = block === undefined ? 1 : 0;
  const limit = block === undefined ? SHOWN_BYTES : Number.POSITIVE_INFINITY;
  const isScript = (record.flags & FLAG_SCRIPT) !== 0;
  const place = isScript ? findScript(words, first, path) - first : 0;
  const count = record.argc - place;
  return {
    path: place > 0 ? (words[first + place] ?? path) : path,
    pathLimit: place > 0 ? limit : SHOWN_BYTES,
    others: words.slice(first + place + 1, first + place + Math.min(options.maxArgs, Math.max(count, 1))),
    limit,
    count,
    isWhole: !isFull || block?.isWhole === true,
    interpreter: isScript ? words[first] : undefined,
  };
}

/** Index of the script's own path, after that of the first argument; the first one's when it is not among the words. */
function findScript(words: readonly ByteString[], first: number, path: ByteString): number {
  const isCut = path.length > SHOWN_BYTES;
  const place = words.findIndex((word, index) => index > first && (word === path || (isCut && word.startsWith(path))));
  return Math.max(place, first);
}

function cut(word: ByteString, limit: number): ByteString {
  return word.length > limit ? word.slice(0, limit) : word;
}

/** A relative path below another directory is told as the kernel tells it after a success. */
function showPath({ dirfd }: ExecRecord, path: ByteString): ByteString {
  if (dirfd === AT_FDCWD || path.startsWith("/")) return path;
  return path === "" ? `/dev/fd/${dirfd}` : `/dev/fd/${dirfd}/${path}`;
}

function showDirectory({ data, flags }: ExecRecord): ByteString {
  return ((flags & FLAG_CUT) === 0 ? "/" : ".../") + splitStrings(data).reverse().join("/");
}

function splitBlock({ text, wholeBytes }: Block): { strings: ByteString[]; isWhole: boolean } {
  return { strings: splitStrings(text), isWhole: text.length === wholeBytes };
}

/** Strings that each end with NUL; what follows the last one counts as well, when it is cut short. */
function splitStrings(text: ByteString): ByteString[] {
  const strings = text.split("\0");
  if (strings.at(-1) === "") strings.pop();
  return strings;
}
