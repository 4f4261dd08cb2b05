import type { Collection } from "../collection/collection.ts";
import { UnsupportedError } from "../errors.ts";
import { ProgramType } from "../object/program-type.gen.ts";
import type { Program } from "../program/program.ts";
import { type Link, Links } from "./link.ts";
import { attachRawTracepoint } from "./raw-tracepoint.ts";
import { attachTracepoint } from "./tracepoint.ts";

/**
 * Attaches every program of a collection where its section's name says, in the object's order. When one can't be, those
 * before it are detached again.
 *
 * @returns the links; close them, or let `using` do so
 * @throws {UnsupportedError} when a section's name says no place, or one of a kind that has no attaching here
 * @throws {SyscallError} when the kernel refuses; names the missing capability
 */
export async function attach(collection: Collection): Promise<Links> {
  const links: Link[] = [];
  try {
    for (const program of collection.programs.values()) links.push(attachProgram(program));
  } catch (error) {
    new Links(links).close();
    throw error;
  }
  return new Links(links);
}

function attachProgram(program: Program): Link {
  switch (program.type) {
    case ProgramType.RawTracepoint:
      return attachRawTracepoint(program, program.attachTo);
    case ProgramType.Tracepoint: {
      const [category, name, ...rest] = program.attachTo.split("/");
      if (category && name && rest.length === 0) return attachTracepoint(program, category, name);
      break;
    }
  }
  throw new UnsupportedError(
    `program "${program.name}": section "${program.sectionName}" says no place to attach it to; ` +
      "tracepoint/CATEGORY/NAME and raw_tp/NAME do",
    { feature: `attaching section ${program.sectionName}` },
  );
}
