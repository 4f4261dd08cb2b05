/** The signals that end a tool in order. */
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Watches for the signals that end a tool; while it is open, none of them kills the process. */
export class StopSignals implements Disposable {
  readonly #onSignal: () => void;

  /** @param onSignal called for each such signal, the second and later ones too */
  constructor(onSignal: () => void) {
    this.#onSignal = onSignal;
    for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  }

  /** Gives the signals their usual effect again; a second call does nothing. */
  close(): void {
    for (const signal of STOP_SIGNALS) process.off(signal, this.#onSignal);
  }

  /** Ends the watch at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }
}
