import type { BpfMap } from "../map/map.ts";
import { SpecTable } from "../object/table.ts";
import type { Program } from "../program/program.ts";

/** An object's maps and programs in the kernel. Owns them: close it, or let `using` do so; links keep their programs alive. */
export class Collection implements Disposable {
  /** Maps by name, data sections included. */
  readonly maps: SpecTable<BpfMap>;
  /** Programs by name. */
  readonly programs: SpecTable<Program>;

  /**
   * @param maps owned from now on
   * @param programs owned from now on
   */
  constructor(maps: Iterable<BpfMap>, programs: Iterable<Program>) {
    this.maps = new SpecTable(
      "map",
      [...maps].map((map) => [map.name, map] as const),
    );
    this.programs = new SpecTable(
      "program",
      [...programs].map((program) => [program.name, program] as const),
    );
  }

  /** Closes the programs, then the maps; a second call does nothing. */
  close(): void {
    for (const program of this.programs.values()) program.close();
    for (const map of this.maps.values()) map.close();
  }

  /** Closes everything at the end of a `using` scope. */
  [Symbol.dispose](): void {
    this.close();
  }
}
