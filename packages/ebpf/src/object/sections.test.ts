import assert from "node:assert/strict";
import { test } from "node:test";
import { AttachType, ProgramType } from "./program-type.gen.ts";
import { PROGRAM_SLEEPABLE, PROGRAM_XDP_FRAGS, type ProgramKind, programKindOf } from "./sections.ts";

const kind = (type: ProgramType, parts: Partial<ProgramKind> = {}): ProgramKind => ({
  type,
  attachType: AttachType.CgroupInetIngress,
  attachTo: "",
  flags: 0,
  isOptional: false,
  ...parts,
});

test("the part behind the first slash is what the program is attached to", () => {
  assert.deepEqual(
    programKindOf("tracepoint/syscalls/sys_enter_execve"),
    kind(ProgramType.Tracepoint, { attachTo: "syscalls/sys_enter_execve" }),
  );
  assert.deepEqual(
    programKindOf("uprobe//bin/bash:readline"),
    kind(ProgramType.Kprobe, { attachTo: "/bin/bash:readline" }),
  );
  assert.deepEqual(programKindOf("kprobe"), kind(ProgramType.Kprobe));
});

test("short and long names of tracepoints are the same kind", () => {
  assert.deepEqual(programKindOf("tp/sched/sched_switch"), programKindOf("tracepoint/sched/sched_switch"));
  assert.deepEqual(programKindOf("raw_tp/sys_enter"), programKindOf("raw_tracepoint/sys_enter"));
  assert.equal(programKindOf("raw_tp/sys_enter").type, ProgramType.RawTracepoint);
  assert.equal(programKindOf("raw_tp.w/sys_enter").type, ProgramType.RawTracepointWritable);
});

test("kinds of tracing differ in what they are bound to at load", () => {
  const places = ["tp_btf/f", "fentry/f", "fexit/f", "fmod_ret/f", "iter/f"].map((name) => programKindOf(name));
  assert.deepEqual(
    places.map(({ type, attachTo }) => [type, attachTo]),
    places.map(() => [ProgramType.Tracing, "f"]),
  );
  assert.deepEqual(
    places.map(({ attachType }) => attachType),
    [
      AttachType.TraceRawTp,
      AttachType.TraceFentry,
      AttachType.TraceFexit,
      AttachType.ModifyReturn,
      AttachType.TraceIter,
    ],
  );
});

test("a question mark makes a program optional and is no part of the name", () => {
  assert.deepEqual(
    programKindOf("?fentry.s/tcp_connect"),
    kind(ProgramType.Tracing, {
      attachType: AttachType.TraceFentry,
      attachTo: "tcp_connect",
      flags: PROGRAM_SLEEPABLE,
      isOptional: true,
    }),
  );
});

test("names with a suffix have flags of their own", () => {
  assert.equal(programKindOf("lsm.s/file_open").flags, PROGRAM_SLEEPABLE);
  assert.equal(programKindOf("syscall").flags, PROGRAM_SLEEPABLE);
  assert.deepEqual(
    programKindOf("xdp.frags"),
    kind(ProgramType.Xdp, { attachType: AttachType.Xdp, flags: PROGRAM_XDP_FRAGS }),
  );
});

test("a longer name isn't taken for the shorter one that it starts with", () => {
  assert.equal(programKindOf("xdp/devmap").attachType, AttachType.XdpDevMap);
  assert.equal(programKindOf("tcx/egress").attachType, AttachType.TcxEgress);
  assert.equal(programKindOf("lsm_cgroup/socket_bind").attachType, AttachType.LsmCgroup);
  assert.equal(programKindOf("kprobe.multi/tcp_*").attachType, AttachType.TraceKprobeMulti);
  assert.equal(programKindOf("cgroup/sock_release").attachType, AttachType.CgroupInetSockRelease);
  assert.equal(programKindOf("sk_skb/stream_parser").attachType, AttachType.SkSkbStreamParser);
});

test("kinds without a target take any end of the name", () => {
  assert.deepEqual(programKindOf("socket/filter"), kind(ProgramType.SocketFilter));
  assert.deepEqual(programKindOf("xdp_drop"), kind(ProgramType.Xdp, { attachType: AttachType.Xdp }));
});

test("kinds with a target take nothing but a slash behind the name", () => {
  assert.equal(programKindOf("kprobes/do_unlinkat").type, ProgramType.Unspec);
  assert.equal(programKindOf("fentry.x/do_unlinkat").type, ProgramType.Unspec);
});

test("a struct_ops program's section names nothing to attach to", () => {
  assert.deepEqual(programKindOf("struct_ops/init"), kind(ProgramType.StructOps));
});

test("an unknown name is no kind", () => {
  assert.deepEqual(programKindOf("elsewhere"), kind(ProgramType.Unspec));
  assert.deepEqual(programKindOf("?elsewhere"), kind(ProgramType.Unspec, { isOptional: true }));
  assert.deepEqual(programKindOf(""), kind(ProgramType.Unspec));
});
