/** The tool execsnoop: shows each exec on the machine. Only this module does I/O; what it does is decided by the others. */
import { closeSync, openSync, readFileSync } from "node:fs";
import { attach, type BpfMap, type CollectionSpec, decodeObject, loadCollection, openRingBuf } from "ebpf-ts";
import { monotonicUs, WallClock } from "../cli/clock.ts";
import { UsageError } from "../cli/flags.ts";
import { Output } from "../cli/output.ts";
import { StopSignals } from "../cli/signals.ts";
import { EventAssembler, type ExecEvent } from "./events.ts";
import { eventFilter } from "./filter.ts";
import { helpText, type Options, parseOptions } from "./flags.ts";
import { textFormat } from "./format.ts";
import { formatJson, formatJsonLoss } from "./json.ts";
import { decodeRecord } from "./record.ts";

/** What the tool does, for `ebpf --help`. */
export const summary = "new programs: each exec, with its arguments";

/**
 * Longest time that records wait under load, to be handled with the next ones; the first after a pause never waits. The ring
 * holds what over 100,000 execs a second send meanwhile, and a wakeup costs as much as the work on ten.
 */
const MAX_DELAY_MS = 20;
/** Longest time that the end waits for somebody to read the last lines. */
const LAST_FLUSH_MS = 1000;

/**
 * Runs the tool to its end.
 *
 * @param argv without the names of Node.js, script and tool
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage
 */
export async function main(argv: readonly string[]): Promise<number> {
  const session = new Session();
  try {
    const options = parseOptions(argv);
    if (options === "help") session.stdout.write(helpText(), "utf8");
    else if (options === "version") session.stdout.write(versionText(), "utf8");
    else await trace(options, session);
    return await session.end();
  } catch (error) {
    if (error instanceof UsageError) {
      session.tell(`${error.message}; \`ebpf execsnoop --help\` tells the flags`);
      await session.end();
      return 2;
    }
    session.tell((error instanceof Error ? error.message : String(error)).replaceAll("\n", " "));
    await session.end();
    return 1;
  } finally {
    session.close();
  }
}

/** The standard streams and what ends the tool. */
class Session {
  readonly #stop = new AbortController();
  readonly #signals = new StopSignals(() => {
    if (this.#stop.signal.aborted) this.stdout.close(); // told twice: nobody waits for the last lines any more
    this.#stop.abort();
  });
  #stderr: Output | undefined;
  #failure: NodeJS.ErrnoException | undefined;
  readonly stdout: Output = new Output(1, (error) => {
    this.#failure = error;
    this.#stop.abort();
  });

  /** Aborted when the tool is to end. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Writes a message of the tool to stderr. */
  tell(message: string): void {
    this.note(`ebpf execsnoop: ${message}\n`);
  }

  /** Writes lines to stderr; it doesn't matter when nobody reads them. */
  note(lines: string): void {
    this.#stderr ??= new Output(2, () => {});
    this.#stderr.write(lines, "utf8");
  }

  /** Writes what is still kept. @returns the exit code */
  async end(): Promise<number> {
    await this.stdout.flush(LAST_FLUSH_MS);
    if (this.stdout.isBlocked) this.tell(`stdout: nobody reads it, ${this.stdout.pendingBytes} bytes are not written`);
    const isFailed = this.#failure !== undefined && this.#failure.code !== "EPIPE";
    if (isFailed) this.tell(`stdout: ${this.#failure?.message}`);
    await this.#stderr?.flush(LAST_FLUSH_MS);
    return isFailed ? 1 : 0;
  }

  close(): void {
    this.#signals.close();
    this.stdout.close();
    this.#stderr?.close();
  }
}

/** Loads and attaches the programs, and prints events until the session ends. */
async function trace(options: Options, session: Session): Promise<void> {
  const clock = new WallClock();
  clock.sample();
  const spec = decodeObject(readFileSync(new URL("./execsnoop.bpf.o", import.meta.url)));
  prepare(spec, options);
  clock.sample();
  using collection = await loadCollection(spec);
  if (options.cgroup !== undefined) await setCgroup(collection.maps.require("cgroups"), options.cgroup);
  const startUs = monotonicUs();
  const printer = new Printer(options, session, startUs, clock);
  using reader = openRingBuf(collection.maps.require("events"), {
    signal: session.signal,
    maxDelayMs: MAX_DELAY_MS,
    onLost: ({ count, cpu }) => printer.printLoss(count, cpu),
  });
  using links = await attach(collection);
  clock.sample();
  if (options.isVerbose) session.tell(`attached ${links.what.replaceAll("\n", ", ")}`);
  if (options.isExplained) {
    const { explainHooks } = await import("./explain.ts");
    session.note(explainHooks(options));
  }
  printer.printTitles();
  const timer = options.durationMs === undefined ? undefined : setTimeout(() => session.stop(), options.durationMs);
  try {
    await reader.drain((batch) => {
      const bytes = Buffer.from(batch.bytes.buffer, batch.bytes.byteOffset, batch.bytes.length);
      printer.beginBatch();
      batch.forEach((offset, length) => {
        printer.take(bytes, offset, length);
      });
      return printer.endBatch();
    });
  } finally {
    clearTimeout(timer);
  }
  if (options.isVerbose) {
    const { received, lost, wakeups } = reader.stats;
    session.tell(`received ${received} records in ${wakeups} wakeups, lost ${lost}, shown ${printer.shown} execs`);
  }
}

/** Tells the program in the kernel what it shall send. */
function prepare(spec: CollectionSpec, options: Options): void {
  const set = (name: string, value: number | boolean): void => spec.variables.require(name).set(value);
  const include = (name: string): void => {
    spec.programs.require(name).isOptional = false;
  };
  if (options.uid !== undefined) {
    set("filter_uid", true);
    set("wanted_uid", options.uid);
  }
  if (options.cgroup !== undefined) set("filter_cgroup", true);
  if (Number.isFinite(options.maxArgs)) set("max_args", options.maxArgs);
  if (options.hasFullArgs) set("send_args", true);
  if (options.envNames.length > 0) set("send_env", true);
  if (options.hasDirectory) set("send_cwd", true);
  if (options.hasFullArgs || options.envNames.length > 0 || options.hasDirectory) include("exec_details");
  if (options.hasFailed) {
    set("follow_failed", true);
    for (const name of ["enter_execve", "exit_execve", "enter_execveat", "exit_execveat"]) include(name);
  }
  if (options.bufferBytes !== undefined) spec.maps.require("events").maxEntries = options.bufferBytes;
}

/** Puts the cgroup where the program looks for it. */
async function setCgroup(map: BpfMap, path: string): Promise<void> {
  const { cgroupFolder } = await import("./cgroup.ts");
  const folder = cgroupFolder(path);
  const fd = openSync(folder, "r");
  try {
    map.set(new Uint8Array(4), new Uint8Array(Uint32Array.of(fd).buffer));
  } catch (cause) {
    throw new Error(`--cgroup ${path}: ${folder} is no folder of cgroup v2`, { cause });
  } finally {
    closeSync(fd);
  }
}

/** Prints events, all of a batch in one write. */
class Printer {
  readonly #options: Options;
  readonly #session: Session;
  readonly #clock: WallClock;
  readonly #assembler: EventAssembler;
  readonly #isWanted: (event: ExecEvent) => boolean;
  readonly #line: (event: ExecEvent) => string;
  readonly #titles: string;
  #text = "";
  /** Execs shown so far. */
  shown = 0;

  constructor(options: Options, session: Session, startUs: number, clock: WallClock) {
    this.#options = options;
    this.#session = session;
    this.#clock = clock;
    this.#assembler = new EventAssembler({ ...options, hasEnv: options.envNames.length > 0 });
    this.#isWanted = eventFilter(options);
    if (options.isJson) {
      this.#line = (event) => formatJson(event, { ...options, clock });
      this.#titles = "";
    } else {
      const format = textFormat({ ...options, startUs, clock });
      this.#line = format.row;
      this.#titles = format.titles();
    }
  }

  printTitles(): void {
    this.#write(this.#titles);
  }

  beginBatch(): void {
    this.#clock.sample();
  }

  /** Takes a record: `length` bytes at `offset`. */
  take(bytes: Buffer, offset: number, length: number): void {
    const event = this.#assembler.take(decodeRecord(bytes, offset, length));
    if (event === undefined || this.shown >= this.#options.maxEvents || !this.#isWanted(event)) return;
    this.#text += this.#line(event);
    this.shown++;
    if (this.shown >= this.#options.maxEvents) this.#session.stop();
  }

  /** Prints what the batch gave. @returns what to wait for before the next one, when nobody reads fast enough */
  endBatch(): Promise<void> | undefined {
    this.#write(this.#text);
    this.#text = "";
    const { stdout, signal } = this.#session;
    return stdout.isBlocked && !signal.aborted ? stdout.flush() : undefined;
  }

  printLoss(count: number, cpu: number | undefined): void {
    this.#session.note(cpu === undefined ? `lost ${count} events\n` : `lost ${count} events on CPU ${cpu}\n`);
    if (this.#options.isJson) this.#write(formatJsonLoss(count, cpu));
  }

  #write(text: string): void {
    this.#session.stdout.write(text, this.#options.isJson ? "utf8" : "latin1");
  }
}

function versionText(): string {
  const file = new URL("../../package.json", import.meta.url); // from the compiled module's place and from the bundle's
  const found: unknown = JSON.parse(readFileSync(file, "utf8"));
  const version =
    typeof found === "object" && found !== null && "version" in found ? found.version : "of unknown version";
  return `ebpf execsnoop ${version}\n`;
}
