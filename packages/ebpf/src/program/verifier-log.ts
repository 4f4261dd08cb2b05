/** Lines of statistics and of the walk itself, which say nothing about the refusal. */
const NOISE =
  /^(processed \d+ insns|verification time |stack depth |insns processed |mark_precise: |last_idx |regs=|parent |from \d+ to \d+|\d+: (?:R\d|\([0-9a-f]{2}\))|; |Validating |func#\d+ @\d+|Live regs|\s*$)/;
const INSTRUCTION = /^(\d+): \([0-9a-f]{2}\) /;

/** Splits a verifier's log as the kernel wrote it, up to its NUL, into lines. */
export function splitVerifierLog(text: string): string[] {
  const end = text.indexOf("\0");
  const lines = (end < 0 ? text : text.slice(0, end)).split("\n");
  while (lines.length > 0 && lines.at(-1)?.trim() === "") lines.pop();
  return lines;
}

/** What a log says of the refusal. */
export interface VerifierVerdict {
  /** The verifier's complaint; the last line when none is recognised, and empty only for an empty log. */
  readonly reason: string;
  /** Index of the instruction it stopped at, in 8-byte slots. */
  readonly insn: number | undefined;
  /** The source line that the instruction is of, as the log quotes it. */
  readonly source: string | undefined;
}

/**
 * Finds the complaint, the instruction and the source line in a log. The complaint stands at the end, before the
 * statistics; the instruction is the last one that the walk printed.
 */
export function readVerdict(log: readonly string[]): VerifierVerdict {
  let reason = "";
  let insn: number | undefined;
  let source: string | undefined;
  for (let at = log.length - 1; at >= 0; at--) {
    const line = log[at] ?? "";
    if (reason === "" && !NOISE.test(line)) reason = line.trim();
    if (insn === undefined) insn = instructionOf(line);
    if (insn !== undefined && line.startsWith("; ")) {
      source = line.slice(2).trim();
      break;
    }
  }
  return { reason: reason || (log.at(-1)?.trim() ?? ""), insn, source };
}

function instructionOf(line: string): number | undefined {
  const match = INSTRUCTION.exec(line);
  return match === null ? undefined : Number(match[1]);
}
