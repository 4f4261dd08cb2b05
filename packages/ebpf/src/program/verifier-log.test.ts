import assert from "node:assert/strict";
import { test } from "node:test";
import { readVerdict, splitVerifierLog } from "./verifier-log.ts";

// Logs of Linux 6.18 and 5.10, as the kernels wrote them.
const NULL_VALUE = `func#0 @0
Live regs before insn:
0: R1=ctx() R10=fp0
; u32 zero = 0; @ x.c:5
0: (b7) r1 = 0                        ; R1=0
5: (85) call bpf_map_lookup_elem#1    ; R0=map_value_or_null(id=1,map=scratch,ks=4,vs=512)
; return record->size; @ x.c:9
6: (61) r0 = *(u32 *)(r0 +12)
R0 invalid mem access 'map_value_or_null'
processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0

\0rest of the buffer`;

test("a verifier's complaint is found with its instruction and source line", () => {
  const log = splitVerifierLog(NULL_VALUE);
  assert.equal(
    log.at(-1),
    "processed 7 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0",
  );
  assert.deepEqual(readVerdict(log), {
    reason: "R0 invalid mem access 'map_value_or_null'",
    insn: 6,
    source: "return record->size; @ x.c:9",
  });
});

test("a complaint without an instruction stands alone", () => {
  assert.deepEqual(readVerdict(["unknown func bpf_no_such#999", "processed 0 insns (limit 1000000)"]), {
    reason: "unknown func bpf_no_such#999",
    insn: undefined,
    source: undefined,
  });
});

test("a log of an unknown shape gives its last line, an empty one nothing", () => {
  assert.equal(readVerdict(["processed 1 insns"]).reason, "processed 1 insns");
  assert.equal(readVerdict([]).reason, "");
});
