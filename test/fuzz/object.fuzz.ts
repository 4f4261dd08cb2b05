import { readdir, readFile } from "node:fs/promises";
import { decodeObject, EbpfError, encodeInstructions, linkProgram } from "ebpf-ts/core";

const TESTDATA = "testdata";

/** Objects of testdata/, changed: decoding, linking, encoding and reading of variables end in a result or an `EbpfError`. */
export const target = {
  name: "object",

  async seeds(): Promise<Uint8Array[]> {
    const names = (await readdir(TESTDATA)).filter((name) => name.endsWith(".o")).sort();
    return Promise.all(names.map(async (name) => new Uint8Array(await readFile(`${TESTDATA}/${name}`))));
  },

  run(bytes: Uint8Array): void {
    try {
      const spec = decodeObject(bytes);
      for (const program of spec.programs.values()) {
        const linked = linkProgram(spec, program);
        encodeInstructions(linked, spec.littleEndian);
        for (const { meta } of linked) void meta?.source?.text;
      }
      for (const variable of spec.variables.values()) variable.get();
    } catch (error) {
      if (!(error instanceof EbpfError)) throw error;
    }
  },
};
