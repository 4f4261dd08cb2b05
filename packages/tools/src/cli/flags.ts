/**
 * Reads the command line of a tool by a table of its flags, the way getopt_long does: `-n NAME`, `-nNAME`, `-xT`, `--name NAME`,
 * `--name=NAME`, unique beginnings of long names, and `--`. A value may begin with `-`. It is on every tool's way to its first
 * event, where an argument parsing package would take longer than the kernel takes to load the program.
 */

/** One flag of a tool. */
export interface Flag {
  /** Long name without its dashes. */
  readonly name: string;
  /** One-letter name without its dash. */
  readonly short?: string;
  /** What the flag's value is called in the help; a flag without it takes none. */
  readonly value?: string;
  /** Whether it may be given several times, each value counting; else the last one counts. */
  readonly isRepeatable?: boolean;
  /** Whether the long name is accepted after a single dash too, as Go's tools write it. */
  readonly hasGoName?: boolean;
  /** What it does, for the help. */
  readonly help: string;
}

/** Thrown when a command line is wrong; tools print the message and exit with 2. */
export class UsageError extends Error {}

/** Flags as they were given. */
export class FlagValues {
  readonly #values = new Map<string, string[]>();

  /** Keeps one occurrence of a flag. */
  add(flag: Flag, value: string): void {
    const earlier = flag.isRepeatable ? (this.#values.get(flag.name) ?? []) : [];
    this.#values.set(flag.name, [...earlier, value]);
  }

  /** Whether the flag was given. */
  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** The flag's value; undefined when it was not given. */
  get(name: string): string | undefined {
    return this.#values.get(name)?.at(-1);
  }

  /** All values of a flag that can be repeated, in their order. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /**
   * The flag's value as a whole number.
   *
   * @param min least that is allowed
   * @param max most that is allowed
   * @returns undefined when the flag was not given
   * @throws {UsageError} when the value is no such number
   */
  wholeNumber(name: string, min: number, max: number): number | undefined {
    const text = this.get(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new UsageError(`--${name} ${text}: wanted a whole number from ${min} to ${max}`);
  }
}

/**
 * Reads a command line that has flags only.
 *
 * @param flags the tool's
 * @param argv without the names of Node.js, script and tool
 * @throws {UsageError} when a flag is unknown or ambiguous, lacks its value or has one too many, or something is no flag
 */
export function parseFlags(flags: readonly Flag[], argv: readonly string[]): FlagValues {
  const values = new FlagValues();
  const left = argv[Symbol.iterator]();
  for (const word of left) {
    if (word === "--") {
      const { value } = left.next();
      if (value !== undefined) throw unexpected(value);
    } else if (word.startsWith("--")) {
      const equals = word.indexOf("=");
      const flag = findLong(flags, equals < 0 ? word.slice(2) : word.slice(2, equals));
      takeValue(values, flag, `--${flag.name}`, equals < 0 ? undefined : word.slice(equals + 1), left);
    } else if (word.startsWith("-") && word !== "-") {
      const goFlag = flags.find((flag) => flag.hasGoName && `-${flag.name}` === word);
      if (goFlag === undefined) takeShort(flags, values, word, left);
      else values.add(goFlag, "");
    } else {
      throw unexpected(word);
    }
  }
  return values;
}

/** Takes a word of one-letter flags, the last of which may have a value: the rest of the word, or the next one. */
function takeShort(flags: readonly Flag[], values: FlagValues, word: string, left: Iterator<string>): void {
  for (let at = 1; at < word.length; at++) {
    const letter = word.charAt(at);
    const flag = flags.find((candidate) => candidate.short === letter);
    if (flag === undefined) throw new UsageError(`unknown flag -${letter}${word.length > 2 ? ` in ${word}` : ""}`);
    if (flag.value === undefined) {
      values.add(flag, "");
    } else {
      takeValue(values, flag, `-${letter}`, at + 1 < word.length ? word.slice(at + 1) : undefined, left);
      return;
    }
  }
}

function takeValue(
  values: FlagValues,
  flag: Flag,
  shown: string,
  inline: string | undefined,
  left: Iterator<string>,
): void {
  if (flag.value === undefined) {
    if (inline !== undefined) throw new UsageError(`${shown} takes no value, found "${inline}"`);
    values.add(flag, "");
    return;
  }
  const value: string | undefined = inline ?? left.next().value;
  if (value === undefined) throw new UsageError(`${shown} wants a value: ${shown} ${flag.value}`);
  values.add(flag, value);
}

function findLong(flags: readonly Flag[], name: string): Flag {
  const exact = flags.find((flag) => flag.name === name);
  if (exact !== undefined) return exact;
  const beginning = name === "" ? [] : flags.filter((flag) => flag.name.startsWith(name));
  const [only] = beginning;
  if (only === undefined) throw new UsageError(`unknown flag --${name}`);
  if (beginning.length === 1) return only;
  throw new UsageError(`ambiguous flag --${name}: ${beginning.map((flag) => `--${flag.name}`).join(", ")}`);
}

function unexpected(word: string): UsageError {
  return new UsageError(`unexpected argument "${word}"`);
}

/**
 * Describes flags, a line each, the descriptions in one column.
 *
 * @returns lines that end with a newline
 */
export function formatFlags(flags: readonly Flag[]): string {
  const rows = flags.map((flag) => {
    const short = flag.short === undefined ? "    " : `-${flag.short}, `;
    const value = flag.value === undefined ? "" : ` ${flag.value}`;
    return [`  ${short}--${flag.name}${value}`, flag.help] as const;
  });
  const width = Math.max(...rows.map(([names]) => names.length));
  return rows.map(([names, help]) => `${names.padEnd(width)}  ${help}\n`).join("");
}
