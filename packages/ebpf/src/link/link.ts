/** A program's attachment. Ends when it is closed, or when the process ends; close it, or let `using` do so. */
export interface Link extends Disposable {
  /** What is attached where, as in `program "exec_succeeded" at raw tracepoint sched_process_exec`. */
  readonly what: string;
  /** Detaches the program; a second call does nothing. */
  close(): void;
}

/** Several links as one: closing it closes each, the last made first. */
export class Links implements Link {
  /** The links, in the order in which they were made. */
  readonly all: readonly Link[];

  /** @param all links to be owned, in the order in which they were made */
  constructor(all: readonly Link[]) {
    this.all = all;
  }

  /** What is attached where, a line each. */
  get what(): string {
    return this.all.map((link) => link.what).join("\n");
  }

  /** Detaches all; a second call does nothing. */
  close(): void {
    for (const link of this.all.toReversed()) link.close();
  }

  /** Detaches all at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }
}
