// Made by scripts/gen-constants.mjs from the kernel's types; do not edit.

/** Helper functions that programs call by number. @source kernel: include/uapi/linux/bpf.h, enum bpf_func_id */
export const Helper = {
  /** BPF_FUNC_unspec */
  Unspec: 0,
  /** BPF_FUNC_map_lookup_elem */
  MapLookupElem: 1,
  /** BPF_FUNC_map_update_elem */
  MapUpdateElem: 2,
  /** BPF_FUNC_map_delete_elem */
  MapDeleteElem: 3,
  /** BPF_FUNC_probe_read */
  ProbeRead: 4,
  /** BPF_FUNC_ktime_get_ns */
  KtimeGetNs: 5,
  /** BPF_FUNC_trace_printk */
  TracePrintk: 6,
  /** BPF_FUNC_get_prandom_u32 */
  GetPrandomU32: 7,
  /** BPF_FUNC_get_smp_processor_id */
  GetSmpProcessorId: 8,
  /** BPF_FUNC_skb_store_bytes */
  SkbStoreBytes: 9,
  /** BPF_FUNC_l3_csum_replace */
  L3CsumReplace: 10,
  /** BPF_FUNC_l4_csum_replace */
  L4CsumReplace: 11,
  /** BPF_FUNC_tail_call */
  TailCall: 12,
  /** BPF_FUNC_clone_redirect */
  CloneRedirect: 13,
  /** BPF_FUNC_get_current_pid_tgid */
  GetCurrentPidTgid: 14,
  /** BPF_FUNC_get_current_uid_gid */
  GetCurrentUidGid: 15,
  /** BPF_FUNC_get_current_comm */
  GetCurrentComm: 16,
  /** BPF_FUNC_get_cgroup_classid */
  GetCgroupClassid: 17,
  /** BPF_FUNC_skb_vlan_push */
  SkbVlanPush: 18,
  /** BPF_FUNC_skb_vlan_pop */
  SkbVlanPop: 19,
  /** BPF_FUNC_skb_get_tunnel_key */
  SkbGetTunnelKey: 20,
  /** BPF_FUNC_skb_set_tunnel_key */
  SkbSetTunnelKey: 21,
  /** BPF_FUNC_perf_event_read */
  PerfEventRead: 22,
  /** BPF_FUNC_redirect */
  Redirect: 23,
  /** BPF_FUNC_get_route_realm */
  GetRouteRealm: 24,
  /** BPF_FUNC_perf_event_output */
  PerfEventOutput: 25,
  /** BPF_FUNC_skb_load_bytes */
  SkbLoadBytes: 26,
  /** BPF_FUNC_get_stackid */
  GetStackid: 27,
  /** BPF_FUNC_csum_diff */
  CsumDiff: 28,
  /** BPF_FUNC_skb_get_tunnel_opt */
  SkbGetTunnelOpt: 29,
  /** BPF_FUNC_skb_set_tunnel_opt */
  SkbSetTunnelOpt: 30,
  /** BPF_FUNC_skb_change_proto */
  SkbChangeProto: 31,
  /** BPF_FUNC_skb_change_type */
  SkbChangeType: 32,
  /** BPF_FUNC_skb_under_cgroup */
  SkbUnderCgroup: 33,
  /** BPF_FUNC_get_hash_recalc */
  GetHashRecalc: 34,
  /** BPF_FUNC_get_current_task */
  GetCurrentTask: 35,
  /** BPF_FUNC_probe_write_user */
  ProbeWriteUser: 36,
  /** BPF_FUNC_current_task_under_cgroup */
  CurrentTaskUnderCgroup: 37,
  /** BPF_FUNC_skb_change_tail */
  SkbChangeTail: 38,
  /** BPF_FUNC_skb_pull_data */
  SkbPullData: 39,
  /** BPF_FUNC_csum_update */
  CsumUpdate: 40,
  /** BPF_FUNC_set_hash_invalid */
  SetHashInvalid: 41,
  /** BPF_FUNC_get_numa_node_id */
  GetNumaNodeId: 42,
  /** BPF_FUNC_skb_change_head */
  SkbChangeHead: 43,
  /** BPF_FUNC_xdp_adjust_head */
  XdpAdjustHead: 44,
  /** BPF_FUNC_probe_read_str */
  ProbeReadStr: 45,
  /** BPF_FUNC_get_socket_cookie */
  GetSocketCookie: 46,
  /** BPF_FUNC_get_socket_uid */
  GetSocketUid: 47,
  /** BPF_FUNC_set_hash */
  SetHash: 48,
  /** BPF_FUNC_setsockopt */
  Setsockopt: 49,
  /** BPF_FUNC_skb_adjust_room */
  SkbAdjustRoom: 50,
  /** BPF_FUNC_redirect_map */
  RedirectMap: 51,
  /** BPF_FUNC_sk_redirect_map */
  SkRedirectMap: 52,
  /** BPF_FUNC_sock_map_update */
  SockMapUpdate: 53,
  /** BPF_FUNC_xdp_adjust_meta */
  XdpAdjustMeta: 54,
  /** BPF_FUNC_perf_event_read_value */
  PerfEventReadValue: 55,
  /** BPF_FUNC_perf_prog_read_value */
  PerfProgReadValue: 56,
  /** BPF_FUNC_getsockopt */
  Getsockopt: 57,
  /** BPF_FUNC_override_return */
  OverrideReturn: 58,
  /** BPF_FUNC_sock_ops_cb_flags_set */
  SockOpsCbFlagsSet: 59,
  /** BPF_FUNC_msg_redirect_map */
  MsgRedirectMap: 60,
  /** BPF_FUNC_msg_apply_bytes */
  MsgApplyBytes: 61,
  /** BPF_FUNC_msg_cork_bytes */
  MsgCorkBytes: 62,
  /** BPF_FUNC_msg_pull_data */
  MsgPullData: 63,
  /** BPF_FUNC_bind */
  Bind: 64,
  /** BPF_FUNC_xdp_adjust_tail */
  XdpAdjustTail: 65,
  /** BPF_FUNC_skb_get_xfrm_state */
  SkbGetXfrmState: 66,
  /** BPF_FUNC_get_stack */
  GetStack: 67,
  /** BPF_FUNC_skb_load_bytes_relative */
  SkbLoadBytesRelative: 68,
  /** BPF_FUNC_fib_lookup */
  FibLookup: 69,
  /** BPF_FUNC_sock_hash_update */
  SockHashUpdate: 70,
  /** BPF_FUNC_msg_redirect_hash */
  MsgRedirectHash: 71,
  /** BPF_FUNC_sk_redirect_hash */
  SkRedirectHash: 72,
  /** BPF_FUNC_lwt_push_encap */
  LwtPushEncap: 73,
  /** BPF_FUNC_lwt_seg6_store_bytes */
  LwtSeg6StoreBytes: 74,
  /** BPF_FUNC_lwt_seg6_adjust_srh */
  LwtSeg6AdjustSrh: 75,
  /** BPF_FUNC_lwt_seg6_action */
  LwtSeg6Action: 76,
  /** BPF_FUNC_rc_repeat */
  RcRepeat: 77,
  /** BPF_FUNC_rc_keydown */
  RcKeydown: 78,
  /** BPF_FUNC_skb_cgroup_id */
  SkbCgroupId: 79,
  /** BPF_FUNC_get_current_cgroup_id */
  GetCurrentCgroupId: 80,
  /** BPF_FUNC_get_local_storage */
  GetLocalStorage: 81,
  /** BPF_FUNC_sk_select_reuseport */
  SkSelectReuseport: 82,
  /** BPF_FUNC_skb_ancestor_cgroup_id */
  SkbAncestorCgroupId: 83,
  /** BPF_FUNC_sk_lookup_tcp */
  SkLookupTcp: 84,
  /** BPF_FUNC_sk_lookup_udp */
  SkLookupUdp: 85,
  /** BPF_FUNC_sk_release */
  SkRelease: 86,
  /** BPF_FUNC_map_push_elem */
  MapPushElem: 87,
  /** BPF_FUNC_map_pop_elem */
  MapPopElem: 88,
  /** BPF_FUNC_map_peek_elem */
  MapPeekElem: 89,
  /** BPF_FUNC_msg_push_data */
  MsgPushData: 90,
  /** BPF_FUNC_msg_pop_data */
  MsgPopData: 91,
  /** BPF_FUNC_rc_pointer_rel */
  RcPointerRel: 92,
  /** BPF_FUNC_spin_lock */
  SpinLock: 93,
  /** BPF_FUNC_spin_unlock */
  SpinUnlock: 94,
  /** BPF_FUNC_sk_fullsock */
  SkFullsock: 95,
  /** BPF_FUNC_tcp_sock */
  TcpSock: 96,
  /** BPF_FUNC_skb_ecn_set_ce */
  SkbEcnSetCe: 97,
  /** BPF_FUNC_get_listener_sock */
  GetListenerSock: 98,
  /** BPF_FUNC_skc_lookup_tcp */
  SkcLookupTcp: 99,
  /** BPF_FUNC_tcp_check_syncookie */
  TcpCheckSyncookie: 100,
  /** BPF_FUNC_sysctl_get_name */
  SysctlGetName: 101,
  /** BPF_FUNC_sysctl_get_current_value */
  SysctlGetCurrentValue: 102,
  /** BPF_FUNC_sysctl_get_new_value */
  SysctlGetNewValue: 103,
  /** BPF_FUNC_sysctl_set_new_value */
  SysctlSetNewValue: 104,
  /** BPF_FUNC_strtol */
  Strtol: 105,
  /** BPF_FUNC_strtoul */
  Strtoul: 106,
  /** BPF_FUNC_sk_storage_get */
  SkStorageGet: 107,
  /** BPF_FUNC_sk_storage_delete */
  SkStorageDelete: 108,
  /** BPF_FUNC_send_signal */
  SendSignal: 109,
  /** BPF_FUNC_tcp_gen_syncookie */
  TcpGenSyncookie: 110,
  /** BPF_FUNC_skb_output */
  SkbOutput: 111,
  /** BPF_FUNC_probe_read_user */
  ProbeReadUser: 112,
  /** BPF_FUNC_probe_read_kernel */
  ProbeReadKernel: 113,
  /** BPF_FUNC_probe_read_user_str */
  ProbeReadUserStr: 114,
  /** BPF_FUNC_probe_read_kernel_str */
  ProbeReadKernelStr: 115,
  /** BPF_FUNC_tcp_send_ack */
  TcpSendAck: 116,
  /** BPF_FUNC_send_signal_thread */
  SendSignalThread: 117,
  /** BPF_FUNC_jiffies64 */
  Jiffies64: 118,
  /** BPF_FUNC_read_branch_records */
  ReadBranchRecords: 119,
  /** BPF_FUNC_get_ns_current_pid_tgid */
  GetNsCurrentPidTgid: 120,
  /** BPF_FUNC_xdp_output */
  XdpOutput: 121,
  /** BPF_FUNC_get_netns_cookie */
  GetNetnsCookie: 122,
  /** BPF_FUNC_get_current_ancestor_cgroup_id */
  GetCurrentAncestorCgroupId: 123,
  /** BPF_FUNC_sk_assign */
  SkAssign: 124,
  /** BPF_FUNC_ktime_get_boot_ns */
  KtimeGetBootNs: 125,
  /** BPF_FUNC_seq_printf */
  SeqPrintf: 126,
  /** BPF_FUNC_seq_write */
  SeqWrite: 127,
  /** BPF_FUNC_sk_cgroup_id */
  SkCgroupId: 128,
  /** BPF_FUNC_sk_ancestor_cgroup_id */
  SkAncestorCgroupId: 129,
  /** BPF_FUNC_ringbuf_output */
  RingBufOutput: 130,
  /** BPF_FUNC_ringbuf_reserve */
  RingBufReserve: 131,
  /** BPF_FUNC_ringbuf_submit */
  RingBufSubmit: 132,
  /** BPF_FUNC_ringbuf_discard */
  RingBufDiscard: 133,
  /** BPF_FUNC_ringbuf_query */
  RingBufQuery: 134,
  /** BPF_FUNC_csum_level */
  CsumLevel: 135,
  /** BPF_FUNC_skc_to_tcp6_sock */
  SkcToTcp6Sock: 136,
  /** BPF_FUNC_skc_to_tcp_sock */
  SkcToTcpSock: 137,
  /** BPF_FUNC_skc_to_tcp_timewait_sock */
  SkcToTcpTimewaitSock: 138,
  /** BPF_FUNC_skc_to_tcp_request_sock */
  SkcToTcpRequestSock: 139,
  /** BPF_FUNC_skc_to_udp6_sock */
  SkcToUdp6Sock: 140,
  /** BPF_FUNC_get_task_stack */
  GetTaskStack: 141,
  /** BPF_FUNC_load_hdr_opt */
  LoadHdrOpt: 142,
  /** BPF_FUNC_store_hdr_opt */
  StoreHdrOpt: 143,
  /** BPF_FUNC_reserve_hdr_opt */
  ReserveHdrOpt: 144,
  /** BPF_FUNC_inode_storage_get */
  InodeStorageGet: 145,
  /** BPF_FUNC_inode_storage_delete */
  InodeStorageDelete: 146,
  /** BPF_FUNC_d_path */
  DPath: 147,
  /** BPF_FUNC_copy_from_user */
  CopyFromUser: 148,
  /** BPF_FUNC_snprintf_btf */
  SnprintfBtf: 149,
  /** BPF_FUNC_seq_printf_btf */
  SeqPrintfBtf: 150,
  /** BPF_FUNC_skb_cgroup_classid */
  SkbCgroupClassid: 151,
  /** BPF_FUNC_redirect_neigh */
  RedirectNeigh: 152,
  /** BPF_FUNC_per_cpu_ptr */
  PerCpuPtr: 153,
  /** BPF_FUNC_this_cpu_ptr */
  ThisCpuPtr: 154,
  /** BPF_FUNC_redirect_peer */
  RedirectPeer: 155,
  /** BPF_FUNC_task_storage_get */
  TaskStorageGet: 156,
  /** BPF_FUNC_task_storage_delete */
  TaskStorageDelete: 157,
  /** BPF_FUNC_get_current_task_btf */
  GetCurrentTaskBtf: 158,
  /** BPF_FUNC_bprm_opts_set */
  BprmOptsSet: 159,
  /** BPF_FUNC_ktime_get_coarse_ns */
  KtimeGetCoarseNs: 160,
  /** BPF_FUNC_ima_inode_hash */
  ImaInodeHash: 161,
  /** BPF_FUNC_sock_from_file */
  SockFromFile: 162,
  /** BPF_FUNC_check_mtu */
  CheckMtu: 163,
  /** BPF_FUNC_for_each_map_elem */
  ForEachMapElem: 164,
  /** BPF_FUNC_snprintf */
  Snprintf: 165,
  /** BPF_FUNC_sys_bpf */
  SysBpf: 166,
  /** BPF_FUNC_btf_find_by_name_kind */
  BtfFindByNameKind: 167,
  /** BPF_FUNC_sys_close */
  SysClose: 168,
  /** BPF_FUNC_timer_init */
  TimerInit: 169,
  /** BPF_FUNC_timer_set_callback */
  TimerSetCallback: 170,
  /** BPF_FUNC_timer_start */
  TimerStart: 171,
  /** BPF_FUNC_timer_cancel */
  TimerCancel: 172,
  /** BPF_FUNC_get_func_ip */
  GetFuncIp: 173,
  /** BPF_FUNC_get_attach_cookie */
  GetAttachCookie: 174,
  /** BPF_FUNC_task_pt_regs */
  TaskPtRegs: 175,
  /** BPF_FUNC_get_branch_snapshot */
  GetBranchSnapshot: 176,
  /** BPF_FUNC_trace_vprintk */
  TraceVprintk: 177,
  /** BPF_FUNC_skc_to_unix_sock */
  SkcToUnixSock: 178,
  /** BPF_FUNC_kallsyms_lookup_name */
  KallsymsLookupName: 179,
  /** BPF_FUNC_find_vma */
  FindVma: 180,
  /** BPF_FUNC_loop */
  Loop: 181,
  /** BPF_FUNC_strncmp */
  Strncmp: 182,
  /** BPF_FUNC_get_func_arg */
  GetFuncArg: 183,
  /** BPF_FUNC_get_func_ret */
  GetFuncRet: 184,
  /** BPF_FUNC_get_func_arg_cnt */
  GetFuncArgCnt: 185,
  /** BPF_FUNC_get_retval */
  GetRetval: 186,
  /** BPF_FUNC_set_retval */
  SetRetval: 187,
  /** BPF_FUNC_xdp_get_buff_len */
  XdpGetBuffLen: 188,
  /** BPF_FUNC_xdp_load_bytes */
  XdpLoadBytes: 189,
  /** BPF_FUNC_xdp_store_bytes */
  XdpStoreBytes: 190,
  /** BPF_FUNC_copy_from_user_task */
  CopyFromUserTask: 191,
  /** BPF_FUNC_skb_set_tstamp */
  SkbSetTstamp: 192,
  /** BPF_FUNC_ima_file_hash */
  ImaFileHash: 193,
  /** BPF_FUNC_kptr_xchg */
  KptrXchg: 194,
  /** BPF_FUNC_map_lookup_percpu_elem */
  MapLookupPerCpuElem: 195,
  /** BPF_FUNC_skc_to_mptcp_sock */
  SkcToMptcpSock: 196,
  /** BPF_FUNC_dynptr_from_mem */
  DynptrFromMem: 197,
  /** BPF_FUNC_ringbuf_reserve_dynptr */
  RingBufReserveDynptr: 198,
  /** BPF_FUNC_ringbuf_submit_dynptr */
  RingBufSubmitDynptr: 199,
  /** BPF_FUNC_ringbuf_discard_dynptr */
  RingBufDiscardDynptr: 200,
  /** BPF_FUNC_dynptr_read */
  DynptrRead: 201,
  /** BPF_FUNC_dynptr_write */
  DynptrWrite: 202,
  /** BPF_FUNC_dynptr_data */
  DynptrData: 203,
  /** BPF_FUNC_tcp_raw_gen_syncookie_ipv4 */
  TcpRawGenSyncookieIpv4: 204,
  /** BPF_FUNC_tcp_raw_gen_syncookie_ipv6 */
  TcpRawGenSyncookieIpv6: 205,
  /** BPF_FUNC_tcp_raw_check_syncookie_ipv4 */
  TcpRawCheckSyncookieIpv4: 206,
  /** BPF_FUNC_tcp_raw_check_syncookie_ipv6 */
  TcpRawCheckSyncookieIpv6: 207,
  /** BPF_FUNC_ktime_get_tai_ns */
  KtimeGetTaiNs: 208,
  /** BPF_FUNC_user_ringbuf_drain */
  UserRingBufDrain: 209,
  /** BPF_FUNC_cgrp_storage_get */
  CgrpStorageGet: 210,
  /** BPF_FUNC_cgrp_storage_delete */
  CgrpStorageDelete: 211,
} as const;
/** One of the values of {@link Helper}. */
export type Helper = (typeof Helper)[keyof typeof Helper];
