import type { Instruction } from "../asm/instruction.ts";
import { R1, R2 } from "../asm/register.ts";
import { relocateInstructions } from "../btf/relocate.ts";
import type { BtfSpec } from "../btf/spec.ts";
import { RelocationError, UnsupportedError } from "../errors.ts";
import { kernelBtf } from "../kernel/btf.ts";
import { BpfMap } from "../map/map.ts";
import { linkProgram } from "../object/link-functions.ts";
import { MapType } from "../object/map-type.gen.ts";
import { ProgramType } from "../object/program-type.gen.ts";
import type { CollectionSpec, MapSpec, ProgramSpec } from "../object/spec.ts";
import { Program } from "../program/program.ts";
import type { Fd } from "../sys/fd.ts";
import { Collection } from "./collection.ts";
import { encodeFunctionInfo, encodeLineInfo } from "./ext-info.ts";
import { loadTypes } from "./types.ts";

/** Marks of a 64-bit load, in its source register. @source kernel: include/uapi/linux/bpf.h, BPF_PSEUDO_MAP_FD */
const PSEUDO_MAP_FD = R1;
const PSEUDO_MAP_VALUE = R2;
/** A ring buffer's counters of what it had no room for have its name and this. */
const LOST_SUFFIX = "_lost";

/**
 * Loads an object into the kernel: its types, then its maps with their contents, then its programs, the verifier at work
 * on several at once. Programs whose section begins with `?` are left out unless `isOptional` was set to false; those
 * whose section says no type are left out too.
 *
 * @param spec may be loaded again, and changed before
 * @returns maps and programs; close it, or let `using` do so. Nothing is attached yet
 * @throws {RelocationError} when a kernel type or field, or a map or function, isn't there
 * @throws {VerifierError} when the verifier refuses a program; carries its whole log
 * @throws {SyscallError} when the kernel refuses anything else; names the missing capability
 * @throws {UnsupportedError} when the object is big-endian, or CO-RE is asked of a kernel that tells no types
 */
export async function loadCollection(spec: CollectionSpec): Promise<Collection> {
  if (!spec.littleEndian) {
    throw new UnsupportedError(
      "the object is big-endian and this machine is little-endian; compile it with -target bpfel",
      {
        feature: "big-endian objects",
      },
    );
  }
  const wanted = [...spec.programs.values()].filter(
    (program) => !program.isOptional && program.type !== ProgramType.Unspec,
  );
  // What can fail without the kernel's help does so before anything is made.
  const linked = wanted.map((program) => ({ program, instructions: relocate(spec, program) }));
  const types = spec.types === undefined ? undefined : loadTypes(spec.types);
  const maps = new Map<string, BpfMap>();
  let programs: readonly Program[];
  try {
    createMaps(spec, maps, types);
    programs = await loadPrograms(linked, maps, spec.types, types);
  } catch (error) {
    for (const map of maps.values()) map.close();
    throw error;
  } finally {
    // Maps and programs keep the types in the kernel.
    types?.close();
  }
  return new Collection(maps.values(), programs);
}

/** Brings a program's functions together and fits its field accesses to the running kernel. */
function relocate(spec: CollectionSpec, program: ProgramSpec): readonly Instruction[] {
  const instructions = linkProgram(spec, program);
  if (spec.types === undefined || !instructions.some((insn) => insn.meta?.core !== undefined)) return instructions;
  return relocateInstructions(instructions, { program: program.name, local: spec.types, targets: [kernelBtf()] });
}

function createMaps(spec: CollectionSpec, maps: Map<string, BpfMap>, types: Fd | undefined): void {
  const create = (map: MapSpec): BpfMap => {
    const existing = maps.get(map.name);
    if (existing !== undefined) return existing;
    const counters = map.type === MapType.RingBuf ? spec.maps.get(map.name + LOST_SUFFIX) : undefined;
    const isCounter = counters?.type === MapType.PerCpuArray && counters.valueSize === 8;
    const made = BpfMap.create({ ...map, btfFd: types?.number }, isCounter ? create(counters) : undefined);
    maps.set(map.name, made);
    for (const { key, value } of map.contents) made.set(key, value);
    if (map.isFrozen) made.freeze();
    return made;
  };
  for (const map of spec.maps.values()) create(map);
}

interface LinkedProgram {
  readonly program: ProgramSpec;
  readonly instructions: readonly Instruction[];
}

async function loadPrograms(
  linked: readonly LinkedProgram[],
  maps: ReadonlyMap<string, BpfMap>,
  types: BtfSpec | undefined,
  typesFd: Fd | undefined,
): Promise<Program[]> {
  const results = await Promise.allSettled(
    linked.map(async ({ program, instructions }) => {
      const resolved = resolveMaps(program, instructions, maps);
      return Program.load({
        ...program,
        instructions: resolved,
        btfFd: typesFd?.number,
        functionInfo: types && typesFd && encodeFunctionInfo(resolved),
        lineInfo: types && typesFd && encodeLineInfo(resolved, types),
      });
    }),
  );
  const programs = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failure = results.find((result) => result.status === "rejected");
  if (failure === undefined) return programs;
  for (const program of programs) program.close();
  throw failure.reason;
}

/** Puts descriptors where instructions name maps. */
function resolveMaps(
  program: ProgramSpec,
  instructions: readonly Instruction[],
  maps: ReadonlyMap<string, BpfMap>,
): Instruction[] {
  return instructions.map((insn, index) => {
    const reference = insn.meta?.reference;
    if (reference === undefined || reference.kind === "function") return insn;
    const map = maps.get(reference.map);
    if (map === undefined) {
      throw new RelocationError(
        `program "${program.name}" refers to map "${reference.map}", which the spec no longer has`,
        {
          program: program.name,
          insn: index,
          relocation: `map ${reference.map}`,
          candidates: [...maps.keys()],
        },
      );
    }
    const fd = BigInt(map.fd);
    return reference.kind === "map"
      ? { ...insn, src: PSEUDO_MAP_FD, imm64: fd }
      : { ...insn, src: PSEUDO_MAP_VALUE, imm64: fd | (BigInt(reference.offset) << 32n) };
  });
}
