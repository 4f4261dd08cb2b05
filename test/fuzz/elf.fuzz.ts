import { readdir, readFile } from "node:fs/promises";
import { decodeElf, EbpfError, relocationsOf } from "ebpf-ts/core";

const TESTDATA = "testdata";

/** ELF files of testdata/, changed: decoding of headers, symbols and relocations ends in a result or an `EbpfError`. */
export const target = {
  name: "elf",

  async seeds(): Promise<Uint8Array[]> {
    const names = (await readdir(TESTDATA)).filter((name) => name.endsWith(".o")).sort();
    return Promise.all(names.map(async (name) => new Uint8Array(await readFile(`${TESTDATA}/${name}`))));
  },

  run(bytes: Uint8Array): void {
    try {
      const file = decodeElf(bytes);
      for (const section of file.sections) relocationsOf(file, section);
    } catch (error) {
      if (!(error instanceof EbpfError)) throw error;
    }
  },
};
