// Made by scripts/gen-constants.mjs from the kernel's types; do not edit.

/** Kinds of program. @source kernel: include/uapi/linux/bpf.h, enum bpf_prog_type */
export const ProgramType = {
  /** BPF_PROG_TYPE_UNSPEC */
  Unspec: 0,
  /** BPF_PROG_TYPE_SOCKET_FILTER */
  SocketFilter: 1,
  /** BPF_PROG_TYPE_KPROBE */
  Kprobe: 2,
  /** BPF_PROG_TYPE_SCHED_CLS */
  SchedCls: 3,
  /** BPF_PROG_TYPE_SCHED_ACT */
  SchedAct: 4,
  /** BPF_PROG_TYPE_TRACEPOINT */
  Tracepoint: 5,
  /** BPF_PROG_TYPE_XDP */
  Xdp: 6,
  /** BPF_PROG_TYPE_PERF_EVENT */
  PerfEvent: 7,
  /** BPF_PROG_TYPE_CGROUP_SKB */
  CgroupSkb: 8,
  /** BPF_PROG_TYPE_CGROUP_SOCK */
  CgroupSock: 9,
  /** BPF_PROG_TYPE_LWT_IN */
  LwtIn: 10,
  /** BPF_PROG_TYPE_LWT_OUT */
  LwtOut: 11,
  /** BPF_PROG_TYPE_LWT_XMIT */
  LwtXmit: 12,
  /** BPF_PROG_TYPE_SOCK_OPS */
  SockOps: 13,
  /** BPF_PROG_TYPE_SK_SKB */
  SkSkb: 14,
  /** BPF_PROG_TYPE_CGROUP_DEVICE */
  CgroupDevice: 15,
  /** BPF_PROG_TYPE_SK_MSG */
  SkMsg: 16,
  /** BPF_PROG_TYPE_RAW_TRACEPOINT */
  RawTracepoint: 17,
  /** BPF_PROG_TYPE_CGROUP_SOCK_ADDR */
  CgroupSockAddr: 18,
  /** BPF_PROG_TYPE_LWT_SEG6LOCAL */
  LwtSeg6local: 19,
  /** BPF_PROG_TYPE_LIRC_MODE2 */
  LircMode2: 20,
  /** BPF_PROG_TYPE_SK_REUSEPORT */
  SkReuseport: 21,
  /** BPF_PROG_TYPE_FLOW_DISSECTOR */
  FlowDissector: 22,
  /** BPF_PROG_TYPE_CGROUP_SYSCTL */
  CgroupSysctl: 23,
  /** BPF_PROG_TYPE_RAW_TRACEPOINT_WRITABLE */
  RawTracepointWritable: 24,
  /** BPF_PROG_TYPE_CGROUP_SOCKOPT */
  CgroupSockopt: 25,
  /** BPF_PROG_TYPE_TRACING */
  Tracing: 26,
  /** BPF_PROG_TYPE_STRUCT_OPS */
  StructOps: 27,
  /** BPF_PROG_TYPE_EXT */
  Ext: 28,
  /** BPF_PROG_TYPE_LSM */
  Lsm: 29,
  /** BPF_PROG_TYPE_SK_LOOKUP */
  SkLookup: 30,
  /** BPF_PROG_TYPE_SYSCALL */
  Syscall: 31,
  /** BPF_PROG_TYPE_NETFILTER */
  Netfilter: 32,
} as const;
/** One of the values of {@link ProgramType}. */
export type ProgramType = (typeof ProgramType)[keyof typeof ProgramType];

/** Places that a program of some kinds is bound to when it is loaded. @source kernel: include/uapi/linux/bpf.h, enum bpf_attach_type */
export const AttachType = {
  /** BPF_CGROUP_INET_INGRESS */
  CgroupInetIngress: 0,
  /** BPF_CGROUP_INET_EGRESS */
  CgroupInetEgress: 1,
  /** BPF_CGROUP_INET_SOCK_CREATE */
  CgroupInetSockCreate: 2,
  /** BPF_CGROUP_SOCK_OPS */
  CgroupSockOps: 3,
  /** BPF_SK_SKB_STREAM_PARSER */
  SkSkbStreamParser: 4,
  /** BPF_SK_SKB_STREAM_VERDICT */
  SkSkbStreamVerdict: 5,
  /** BPF_CGROUP_DEVICE */
  CgroupDevice: 6,
  /** BPF_SK_MSG_VERDICT */
  SkMsgVerdict: 7,
  /** BPF_CGROUP_INET4_BIND */
  CgroupInet4Bind: 8,
  /** BPF_CGROUP_INET6_BIND */
  CgroupInet6Bind: 9,
  /** BPF_CGROUP_INET4_CONNECT */
  CgroupInet4Connect: 10,
  /** BPF_CGROUP_INET6_CONNECT */
  CgroupInet6Connect: 11,
  /** BPF_CGROUP_INET4_POST_BIND */
  CgroupInet4PostBind: 12,
  /** BPF_CGROUP_INET6_POST_BIND */
  CgroupInet6PostBind: 13,
  /** BPF_CGROUP_UDP4_SENDMSG */
  CgroupUdp4Sendmsg: 14,
  /** BPF_CGROUP_UDP6_SENDMSG */
  CgroupUdp6Sendmsg: 15,
  /** BPF_LIRC_MODE2 */
  LircMode2: 16,
  /** BPF_FLOW_DISSECTOR */
  FlowDissector: 17,
  /** BPF_CGROUP_SYSCTL */
  CgroupSysctl: 18,
  /** BPF_CGROUP_UDP4_RECVMSG */
  CgroupUdp4Recvmsg: 19,
  /** BPF_CGROUP_UDP6_RECVMSG */
  CgroupUdp6Recvmsg: 20,
  /** BPF_CGROUP_GETSOCKOPT */
  CgroupGetsockopt: 21,
  /** BPF_CGROUP_SETSOCKOPT */
  CgroupSetsockopt: 22,
  /** BPF_TRACE_RAW_TP */
  TraceRawTp: 23,
  /** BPF_TRACE_FENTRY */
  TraceFentry: 24,
  /** BPF_TRACE_FEXIT */
  TraceFexit: 25,
  /** BPF_MODIFY_RETURN */
  ModifyReturn: 26,
  /** BPF_LSM_MAC */
  LsmMac: 27,
  /** BPF_TRACE_ITER */
  TraceIter: 28,
  /** BPF_CGROUP_INET4_GETPEERNAME */
  CgroupInet4Getpeername: 29,
  /** BPF_CGROUP_INET6_GETPEERNAME */
  CgroupInet6Getpeername: 30,
  /** BPF_CGROUP_INET4_GETSOCKNAME */
  CgroupInet4Getsockname: 31,
  /** BPF_CGROUP_INET6_GETSOCKNAME */
  CgroupInet6Getsockname: 32,
  /** BPF_XDP_DEVMAP */
  XdpDevMap: 33,
  /** BPF_CGROUP_INET_SOCK_RELEASE */
  CgroupInetSockRelease: 34,
  /** BPF_XDP_CPUMAP */
  XdpCpuMap: 35,
  /** BPF_SK_LOOKUP */
  SkLookup: 36,
  /** BPF_XDP */
  Xdp: 37,
  /** BPF_SK_SKB_VERDICT */
  SkSkbVerdict: 38,
  /** BPF_SK_REUSEPORT_SELECT */
  SkReuseportSelect: 39,
  /** BPF_SK_REUSEPORT_SELECT_OR_MIGRATE */
  SkReuseportSelectOrMigrate: 40,
  /** BPF_PERF_EVENT */
  PerfEvent: 41,
  /** BPF_TRACE_KPROBE_MULTI */
  TraceKprobeMulti: 42,
  /** BPF_LSM_CGROUP */
  LsmCgroup: 43,
  /** BPF_STRUCT_OPS */
  StructOps: 44,
  /** BPF_NETFILTER */
  Netfilter: 45,
  /** BPF_TCX_INGRESS */
  TcxIngress: 46,
  /** BPF_TCX_EGRESS */
  TcxEgress: 47,
  /** BPF_TRACE_UPROBE_MULTI */
  TraceUprobeMulti: 48,
  /** BPF_CGROUP_UNIX_CONNECT */
  CgroupUnixConnect: 49,
  /** BPF_CGROUP_UNIX_SENDMSG */
  CgroupUnixSendmsg: 50,
  /** BPF_CGROUP_UNIX_RECVMSG */
  CgroupUnixRecvmsg: 51,
  /** BPF_CGROUP_UNIX_GETPEERNAME */
  CgroupUnixGetpeername: 52,
  /** BPF_CGROUP_UNIX_GETSOCKNAME */
  CgroupUnixGetsockname: 53,
  /** BPF_NETKIT_PRIMARY */
  NetkitPrimary: 54,
  /** BPF_NETKIT_PEER */
  NetkitPeer: 55,
  /** BPF_TRACE_KPROBE_SESSION */
  TraceKprobeSession: 56,
  /** BPF_TRACE_UPROBE_SESSION */
  TraceUprobeSession: 57,
} as const;
/** One of the values of {@link AttachType}. */
export type AttachType = (typeof AttachType)[keyof typeof AttachType];
