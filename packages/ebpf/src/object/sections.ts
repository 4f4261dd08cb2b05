import { AttachType, ProgramType } from "./program-type.gen.ts";

/** What a section's name says of the programs in it. */
export interface ProgramKind {
  readonly type: ProgramType;
  /** Zero, which is `CgroupInetIngress`, for kinds that aren't bound to a place when they are loaded. */
  readonly attachType: AttachType;
  /** What follows the kind and a slash: hook, function, path. */
  readonly attachTo: string;
  /** BPF_F_* of program load. */
  readonly flags: number;
  /** Whether the name starts with `?`: to be loaded only when asked for. */
  readonly isOptional: boolean;
}

/** The program may sleep. @source kernel: include/uapi/linux/bpf.h, BPF_F_SLEEPABLE */
export const PROGRAM_SLEEPABLE = 0x10;

/** The program takes packets in several buffers. @source kernel: include/uapi/linux/bpf.h, BPF_F_XDP_HAS_FRAGS */
export const PROGRAM_XDP_FRAGS = 0x20;

/**
 * Name, then type, place and flags of its programs. A name that ends in `+` stands alone or before a slash and a target; any
 * other is a prefix, and what follows it says nothing. The first row that matches counts.
 */
type Row = readonly [name: string, type: ProgramType, attachType?: AttachType, flags?: number];

const { Kprobe, SchedCls, Tracing, Lsm, Xdp, CgroupSkb, CgroupSock, CgroupSockAddr, SkSkb } = ProgramType;
const SLEEPABLE = PROGRAM_SLEEPABLE;
const FRAGS = PROGRAM_XDP_FRAGS;
const NO_PLACE = AttachType.CgroupInetIngress;

const ROWS: readonly Row[] = [
  ["socket", ProgramType.SocketFilter],
  ["sk_reuseport/migrate", ProgramType.SkReuseport, AttachType.SkReuseportSelectOrMigrate],
  ["sk_reuseport", ProgramType.SkReuseport, AttachType.SkReuseportSelect],
  ["kprobe+", Kprobe],
  ["uprobe+", Kprobe],
  ["uprobe.s+", Kprobe, NO_PLACE, SLEEPABLE],
  ["kretprobe+", Kprobe],
  ["uretprobe+", Kprobe],
  ["uretprobe.s+", Kprobe, NO_PLACE, SLEEPABLE],
  ["kprobe.multi+", Kprobe, AttachType.TraceKprobeMulti],
  ["kretprobe.multi+", Kprobe, AttachType.TraceKprobeMulti],
  ["kprobe.session+", Kprobe, AttachType.TraceKprobeSession],
  ["uprobe.multi+", Kprobe, AttachType.TraceUprobeMulti],
  ["uretprobe.multi+", Kprobe, AttachType.TraceUprobeMulti],
  ["uprobe.session+", Kprobe, AttachType.TraceUprobeSession],
  ["uprobe.multi.s+", Kprobe, AttachType.TraceUprobeMulti, SLEEPABLE],
  ["uretprobe.multi.s+", Kprobe, AttachType.TraceUprobeMulti, SLEEPABLE],
  ["uprobe.session.s+", Kprobe, AttachType.TraceUprobeSession, SLEEPABLE],
  ["ksyscall+", Kprobe],
  ["kretsyscall+", Kprobe],
  ["usdt+", Kprobe],
  ["usdt.s+", Kprobe, NO_PLACE, SLEEPABLE],
  ["tc/ingress", SchedCls, AttachType.TcxIngress],
  ["tc/egress", SchedCls, AttachType.TcxEgress],
  ["tcx/ingress", SchedCls, AttachType.TcxIngress],
  ["tcx/egress", SchedCls, AttachType.TcxEgress],
  ["tc", SchedCls],
  ["classifier", SchedCls],
  ["action", ProgramType.SchedAct],
  ["netkit/primary", SchedCls, AttachType.NetkitPrimary],
  ["netkit/peer", SchedCls, AttachType.NetkitPeer],
  ["tracepoint+", ProgramType.Tracepoint],
  ["tp+", ProgramType.Tracepoint],
  ["raw_tracepoint+", ProgramType.RawTracepoint],
  ["raw_tp+", ProgramType.RawTracepoint],
  ["raw_tracepoint.w+", ProgramType.RawTracepointWritable],
  ["raw_tp.w+", ProgramType.RawTracepointWritable],
  ["tp_btf+", Tracing, AttachType.TraceRawTp],
  ["fentry+", Tracing, AttachType.TraceFentry],
  ["fmod_ret+", Tracing, AttachType.ModifyReturn],
  ["fexit+", Tracing, AttachType.TraceFexit],
  ["fentry.s+", Tracing, AttachType.TraceFentry, SLEEPABLE],
  ["fmod_ret.s+", Tracing, AttachType.ModifyReturn, SLEEPABLE],
  ["fexit.s+", Tracing, AttachType.TraceFexit, SLEEPABLE],
  ["freplace+", ProgramType.Ext],
  ["lsm+", Lsm, AttachType.LsmMac],
  ["lsm.s+", Lsm, AttachType.LsmMac, SLEEPABLE],
  ["lsm_cgroup+", Lsm, AttachType.LsmCgroup],
  ["iter+", Tracing, AttachType.TraceIter],
  ["iter.s+", Tracing, AttachType.TraceIter, SLEEPABLE],
  ["syscall", ProgramType.Syscall, NO_PLACE, SLEEPABLE],
  ["xdp.frags/devmap", Xdp, AttachType.XdpDevMap, FRAGS],
  ["xdp/devmap", Xdp, AttachType.XdpDevMap],
  ["xdp.frags/cpumap", Xdp, AttachType.XdpCpuMap, FRAGS],
  ["xdp/cpumap", Xdp, AttachType.XdpCpuMap],
  ["xdp.frags", Xdp, AttachType.Xdp, FRAGS],
  ["xdp", Xdp, AttachType.Xdp],
  ["perf_event", ProgramType.PerfEvent],
  ["lwt_in", ProgramType.LwtIn],
  ["lwt_out", ProgramType.LwtOut],
  ["lwt_xmit", ProgramType.LwtXmit],
  ["lwt_seg6local", ProgramType.LwtSeg6local],
  ["sockops", ProgramType.SockOps, AttachType.CgroupSockOps],
  ["sk_skb/stream_parser", SkSkb, AttachType.SkSkbStreamParser],
  ["sk_skb/stream_verdict", SkSkb, AttachType.SkSkbStreamVerdict],
  ["sk_skb/verdict", SkSkb, AttachType.SkSkbVerdict],
  ["sk_skb", SkSkb],
  ["sk_msg", ProgramType.SkMsg, AttachType.SkMsgVerdict],
  ["lirc_mode2", ProgramType.LircMode2, AttachType.LircMode2],
  ["flow_dissector", ProgramType.FlowDissector, AttachType.FlowDissector],
  ["cgroup_skb/ingress", CgroupSkb, AttachType.CgroupInetIngress],
  ["cgroup_skb/egress", CgroupSkb, AttachType.CgroupInetEgress],
  ["cgroup/skb", CgroupSkb],
  ["cgroup/sock_create", CgroupSock, AttachType.CgroupInetSockCreate],
  ["cgroup/sock_release", CgroupSock, AttachType.CgroupInetSockRelease],
  ["cgroup/sock", CgroupSock, AttachType.CgroupInetSockCreate],
  ["cgroup/post_bind4", CgroupSock, AttachType.CgroupInet4PostBind],
  ["cgroup/post_bind6", CgroupSock, AttachType.CgroupInet6PostBind],
  ["cgroup/bind4", CgroupSockAddr, AttachType.CgroupInet4Bind],
  ["cgroup/bind6", CgroupSockAddr, AttachType.CgroupInet6Bind],
  ["cgroup/connect4", CgroupSockAddr, AttachType.CgroupInet4Connect],
  ["cgroup/connect6", CgroupSockAddr, AttachType.CgroupInet6Connect],
  ["cgroup/connect_unix", CgroupSockAddr, AttachType.CgroupUnixConnect],
  ["cgroup/sendmsg4", CgroupSockAddr, AttachType.CgroupUdp4Sendmsg],
  ["cgroup/sendmsg6", CgroupSockAddr, AttachType.CgroupUdp6Sendmsg],
  ["cgroup/sendmsg_unix", CgroupSockAddr, AttachType.CgroupUnixSendmsg],
  ["cgroup/recvmsg4", CgroupSockAddr, AttachType.CgroupUdp4Recvmsg],
  ["cgroup/recvmsg6", CgroupSockAddr, AttachType.CgroupUdp6Recvmsg],
  ["cgroup/recvmsg_unix", CgroupSockAddr, AttachType.CgroupUnixRecvmsg],
  ["cgroup/getpeername4", CgroupSockAddr, AttachType.CgroupInet4Getpeername],
  ["cgroup/getpeername6", CgroupSockAddr, AttachType.CgroupInet6Getpeername],
  ["cgroup/getpeername_unix", CgroupSockAddr, AttachType.CgroupUnixGetpeername],
  ["cgroup/getsockname4", CgroupSockAddr, AttachType.CgroupInet4Getsockname],
  ["cgroup/getsockname6", CgroupSockAddr, AttachType.CgroupInet6Getsockname],
  ["cgroup/getsockname_unix", CgroupSockAddr, AttachType.CgroupUnixGetsockname],
  ["cgroup/sysctl", ProgramType.CgroupSysctl, AttachType.CgroupSysctl],
  ["cgroup/getsockopt", ProgramType.CgroupSockopt, AttachType.CgroupGetsockopt],
  ["cgroup/setsockopt", ProgramType.CgroupSockopt, AttachType.CgroupSetsockopt],
  ["cgroup/dev", ProgramType.CgroupDevice, AttachType.CgroupDevice],
  ["struct_ops+", ProgramType.StructOps],
  ["struct_ops.s+", ProgramType.StructOps, NO_PLACE, SLEEPABLE],
  ["sk_lookup", ProgramType.SkLookup, AttachType.SkLookup],
  ["netfilter", ProgramType.Netfilter, AttachType.Netfilter],
];

/**
 * Tells from a section's name what kind of programs it holds; `Unspec` when the name is none that loaders agree on.
 *
 * @example programKindOf("?fentry.s/tcp_connect")
 * // { type: ProgramType.Tracing, attachType: AttachType.TraceFentry, attachTo: "tcp_connect", flags: 0x10, isOptional: true }
 * @source libbpf: section names that the programs of its users agree on
 */
export function programKindOf(sectionName: string): ProgramKind {
  const isOptional = sectionName.startsWith("?");
  const name = isOptional ? sectionName.slice(1) : sectionName;
  for (const [pattern, type, attachType = NO_PLACE, flags = 0] of ROWS) {
    const attachTo = matchRow(pattern, name);
    if (attachTo === undefined) continue;
    return { type, attachType, attachTo: type === ProgramType.StructOps ? "" : attachTo, flags, isOptional };
  }
  return { type: ProgramType.Unspec, attachType: NO_PLACE, attachTo: "", flags: 0, isOptional };
}

/** The target behind the name when `pattern` matches; empty when there is none. */
function matchRow(pattern: string, name: string): string | undefined {
  if (!pattern.endsWith("+")) return name.startsWith(pattern) ? "" : undefined;
  const stem = pattern.length - 1;
  if (!name.startsWith(pattern.slice(0, stem))) return undefined;
  if (name.length === stem) return "";
  return name[stem] === "/" ? name.slice(stem + 1) : undefined;
}
