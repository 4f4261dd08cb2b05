import { type CoreRelocation, type Instruction, slotsOf } from "../asm/instruction.ts";
import { EbpfError, FormatError, RelocationError } from "../errors.ts";
import { type CoreAccess, followLocal, followTarget } from "./core-access.ts";
import { Effort } from "./core-compat.ts";
import { CoreKind, describeRelocation, isCoreKind } from "./core-kind.ts";
import { patch, poison } from "./core-patch.ts";
import { type CoreValue, computeValue } from "./core-value.ts";
import { kindName } from "./record.ts";
import type { BtfSpec } from "./spec.ts";

export { CoreKind, describeRelocation } from "./core-kind.ts";

// Far above what any kernel has of one name and kind.
const MAX_CANDIDATES = 4096;

/** What a program's instructions are relocated by. */
export interface RelocateOptions {
  /** Name of the program, for errors. */
  readonly program: string;
  /** The object's types. */
  readonly local: BtfSpec;
  /** Types of the machine it will run on: the kernel's, then its modules'. Those that come first win. */
  readonly targets: readonly BtfSpec[];
}

/**
 * Fits instructions with CO-RE relocations to the types of a machine.
 *
 * The types that a local one stands for have its kind and its name, flavours aside; a later target is looked at only when those before have
 * none. Of several, those count that answer most of the program's relocations of that type, and they have to agree. What
 * none answers is replaced by a call that the verifier refuses where it can be reached, and `exists` becomes 0.
 *
 * @returns instructions of as many slots; those without a relocation are the same objects, the others keep their `meta`
 * @throws {RelocationError} when candidates disagree, an instruction isn't what its relocation says, or the types are broken
 * @source libbpf: src/relo_core.c
 */
export function relocateInstructions(insns: readonly Instruction[], options: RelocateOptions): Instruction[] {
  const { local, targets } = options;
  const sites: Site[] = [];
  let slot = 0;
  for (const [index, insn] of insns.entries()) {
    const relocation = insn.meta?.core;
    if (relocation !== undefined) sites.push(openSite(index, slot, relocation, options));
    slot += slotsOf(insn);
  }
  if (sites.length === 0) return [...insns];

  const blobs = targets.length === 0 ? [] : inOrder(targets);
  const names = new Set(sites.filter(asksTarget).map((site) => local.nameOf(site.relocation.typeId)));
  names.delete("");
  for (const blob of blobs) blob.prepareNames(names);

  const groups = new Map<number, Site[]>();
  for (const site of sites) {
    const group = groups.get(site.relocation.typeId);
    if (group === undefined) groups.set(site.relocation.typeId, [site]);
    else group.push(site);
  }
  const effort = new Effort();
  const replaced = new Map<number, Instruction[]>();
  for (const [typeId, group] of groups) {
    const candidates = group.some(asksTarget)
      ? attempt(group[0], options, () => findCandidates(local, typeId, blobs))
      : [];
    for (const [site, target] of chooseTargets(group, candidates, effort, options)) {
      const insn = insns[site.index];
      if (insn !== undefined)
        replaced.set(
          site.index,
          attempt(site, options, () => replace(insn, site, target)),
        );
    }
  }
  return insns.flatMap((insn, index) => replaced.get(index) ?? insn);

  function asksTarget(site: Site): boolean {
    return site.kind !== CoreKind.TypeIdLocal;
  }
}

/** A relocation of one instruction. */
interface Site {
  /** Index among the instructions. */
  readonly index: number;
  /** Index in 8-byte slots. */
  readonly slot: number;
  readonly kind: CoreKind;
  readonly relocation: CoreRelocation;
  readonly access: CoreAccess;
  readonly value: CoreValue;
}

/** A type that a local one may stand for. */
interface Candidate {
  readonly spec: BtfSpec;
  readonly id: number;
}

/** What a candidate says of one relocation. */
interface Answer {
  readonly candidate: Candidate;
  readonly access: CoreAccess;
  /** Undefined when the instruction must not be reached. */
  readonly value: CoreValue | undefined;
}

function openSite(index: number, slot: number, relocation: CoreRelocation, options: RelocateOptions): Site {
  const { local } = options;
  return attempt({ slot, relocation }, options, () => {
    const kind = relocation.coreKind;
    if (!isCoreKind(kind))
      throw new FormatError(`relocation kind ${kind}, wanted 0 to ${CoreKind.TypeMatches}`, { format: "btf.ext" });
    const access = followLocal(local, kind, relocation);
    const value = computeValue(kind, access, access);
    if (value === undefined) throw new FormatError("no local value", { format: "btf.ext" });
    return { index, slot, kind, relocation, access, value };
  });
}

/** Blobs to look in, each once: before a split blob comes its base. */
function inOrder(targets: readonly BtfSpec[]): BtfSpec[] {
  const blobs = new Set<BtfSpec>();
  for (const target of targets) {
    const chain: BtfSpec[] = [];
    for (let blob: BtfSpec | undefined = target; blob !== undefined; blob = blob.base) chain.unshift(blob);
    for (const blob of chain) blobs.add(blob);
  }
  return [...blobs];
}

/** All types of the first blob that has any of the local type's kind and essential name. */
function findCandidates(local: BtfSpec, typeId: number, blobs: readonly BtfSpec[]): Candidate[] {
  const type = local.typeById(typeId);
  if (type.name === "")
    throw new FormatError(`a ${type.kind} without a name can't be found in another machine's types`, {
      format: "btf.ext",
    });
  for (const spec of blobs) {
    const ids = spec
      .idsByEssentialName(type.name)
      .filter((id) => id >= spec.firstId && kindName(spec.kindOf(id)) === type.kind);
    if (ids.length > MAX_CANDIDATES) {
      throw new FormatError(`${ids.length} types are named "${type.name}", over ${MAX_CANDIDATES}`, { format: "btf" });
    }
    if (ids.length > 0) return ids.map((id) => ({ spec, id }));
  }
  return [];
}

/** Pairs each relocation of one local type with what it comes to; undefined when no candidate has the type or field. */
function chooseTargets(
  group: readonly Site[],
  candidates: readonly Candidate[],
  effort: Effort,
  options: RelocateOptions,
): [Site, CoreValue | undefined][] {
  const answers = group.map((site) =>
    attempt(site, options, () => candidates.flatMap((candidate) => answerOf(site, candidate, effort) ?? [])),
  );
  const best = bestCandidates(answers);
  return group.map((site, index) => {
    if (site.kind === CoreKind.TypeIdLocal) return [site, site.value];
    const counting = (answers[index] ?? []).filter(({ candidate }) => best.has(candidate));
    const [first, ...others] = counting;
    if (first === undefined) return [site, computeValue(site.kind, undefined, site.access)];
    if (others.some((other) => !agree(first, other))) throw ambiguous(site, counting, options);
    return [site, first.value];
  });
}

function answerOf(site: Site, candidate: Candidate, effort: Effort): Answer | undefined {
  if (site.kind === CoreKind.TypeIdLocal) return undefined;
  const access = followTarget(site.access, site.kind, candidate, effort);
  if (access === undefined) return undefined;
  // Modules number their types alike: the verifier would take the id for another's.
  const isModuleId = site.kind === CoreKind.TypeIdTarget && candidate.spec.base !== undefined;
  return { candidate, access, value: isModuleId ? undefined : computeValue(site.kind, access, site.access) };
}

/** The candidates that answer most relocations. */
function bestCandidates(answers: readonly (readonly Answer[])[]): Set<Candidate> {
  const counts = new Map<Candidate, number>();
  for (const { candidate } of answers.flat()) counts.set(candidate, (counts.get(candidate) ?? 0) + 1);
  const most = Math.max(0, ...counts.values());
  return new Set([...counts].filter(([, count]) => count === most).map(([candidate]) => candidate));
}

function agree(one: Answer, other: Answer): boolean {
  return one.access.bitOffset === other.access.bitOffset && one.value?.value === other.value?.value;
}

function replace(insn: Instruction, site: Site, target: CoreValue | undefined): Instruction[] {
  if (target === undefined) return poison(insn);
  const patched = patch(insn, site.value, target);
  return patched === undefined ? poison(insn) : [patched];
}

function ambiguous(site: Site, answers: readonly Answer[], options: RelocateOptions): RelocationError {
  const candidates = answers.map(({ candidate, access, value }) => {
    const type = candidate.spec.typeById(candidate.id);
    const result = value === undefined ? "no answer" : `${value.value}, bit ${access.bitOffset}`;
    return `[${type.id}] ${type.kind} ${type.name}: ${result}`;
  });
  const relocation = describeRelocation(options.local, site.relocation);
  return new RelocationError(
    `program "${options.program}", instruction ${site.slot}: ${relocation} is ambiguous, wanted one answer of ${candidates.join("; ")}`,
    { program: options.program, insn: site.slot, relocation, candidates },
  );
}

/** Runs one step of a relocation and names the relocation in whatever it throws. */
function attempt<T>(site: Pick<Site, "slot" | "relocation"> | undefined, options: RelocateOptions, step: () => T): T {
  try {
    return step();
  } catch (cause) {
    if (!(cause instanceof EbpfError) || cause instanceof RelocationError || site === undefined) throw cause;
    const { program, local } = options;
    const relocation = describeRelocation(local, site.relocation);
    throw new RelocationError(`program "${program}", instruction ${site.slot}: ${relocation}: ${cause.message}`, {
      program,
      insn: site.slot,
      relocation,
      cause,
    });
  }
}
