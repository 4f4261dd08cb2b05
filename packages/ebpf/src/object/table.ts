import { EbpfError, ErrorCode } from "../errors.ts";

/** Named parts of a spec or a collection: a Map whose {@link require} says what there is when a name is missing. */
export class SpecTable<T> extends Map<string, T> {
  readonly #what: string;

  /**
   * @param what the kind of the parts, for errors: `map`, `program`
   * @param entries the first parts
   */
  constructor(what: string, entries?: Iterable<readonly [string, T]>) {
    super(entries);
    this.#what = what;
  }

  /**
   * The part of that name.
   * @throws {EbpfError} when there is none; the message lists the names there are
   */
  require(name: string): T {
    const part = this.get(name);
    if (part === undefined) {
      const names = [...this.keys()].map((key) => `"${key}"`).join(", ");
      throw new EbpfError(ErrorCode.NotFound, `no ${this.#what} "${name}"; there are: ${names || "none"}`);
    }
    return part;
  }
}
