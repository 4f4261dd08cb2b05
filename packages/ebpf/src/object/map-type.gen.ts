// Made by scripts/gen-constants.mjs from the kernel's types; do not edit.

/** Kinds of map. @source kernel: include/uapi/linux/bpf.h, enum bpf_map_type */
export const MapType = {
  /** BPF_MAP_TYPE_UNSPEC */
  Unspec: 0,
  /** BPF_MAP_TYPE_HASH */
  Hash: 1,
  /** BPF_MAP_TYPE_ARRAY */
  Array: 2,
  /** BPF_MAP_TYPE_PROG_ARRAY */
  ProgArray: 3,
  /** BPF_MAP_TYPE_PERF_EVENT_ARRAY */
  PerfEventArray: 4,
  /** BPF_MAP_TYPE_PERCPU_HASH */
  PerCpuHash: 5,
  /** BPF_MAP_TYPE_PERCPU_ARRAY */
  PerCpuArray: 6,
  /** BPF_MAP_TYPE_STACK_TRACE */
  StackTrace: 7,
  /** BPF_MAP_TYPE_CGROUP_ARRAY */
  CgroupArray: 8,
  /** BPF_MAP_TYPE_LRU_HASH */
  LruHash: 9,
  /** BPF_MAP_TYPE_LRU_PERCPU_HASH */
  LruPerCpuHash: 10,
  /** BPF_MAP_TYPE_LPM_TRIE */
  LpmTrie: 11,
  /** BPF_MAP_TYPE_ARRAY_OF_MAPS */
  ArrayOfMaps: 12,
  /** BPF_MAP_TYPE_HASH_OF_MAPS */
  HashOfMaps: 13,
  /** BPF_MAP_TYPE_DEVMAP */
  DevMap: 14,
  /** BPF_MAP_TYPE_SOCKMAP */
  SockMap: 15,
  /** BPF_MAP_TYPE_CPUMAP */
  CpuMap: 16,
  /** BPF_MAP_TYPE_XSKMAP */
  XskMap: 17,
  /** BPF_MAP_TYPE_SOCKHASH */
  SockHash: 18,
  /** BPF_MAP_TYPE_CGROUP_STORAGE */
  CgroupStorage: 19,
  /** BPF_MAP_TYPE_REUSEPORT_SOCKARRAY */
  ReuseportSockarray: 20,
  /** BPF_MAP_TYPE_PERCPU_CGROUP_STORAGE */
  PerCpuCgroupStorage: 21,
  /** BPF_MAP_TYPE_QUEUE */
  Queue: 22,
  /** BPF_MAP_TYPE_STACK */
  Stack: 23,
  /** BPF_MAP_TYPE_SK_STORAGE */
  SkStorage: 24,
  /** BPF_MAP_TYPE_DEVMAP_HASH */
  DevMapHash: 25,
  /** BPF_MAP_TYPE_STRUCT_OPS */
  StructOps: 26,
  /** BPF_MAP_TYPE_RINGBUF */
  RingBuf: 27,
  /** BPF_MAP_TYPE_INODE_STORAGE */
  InodeStorage: 28,
  /** BPF_MAP_TYPE_TASK_STORAGE */
  TaskStorage: 29,
  /** BPF_MAP_TYPE_BLOOM_FILTER */
  BloomFilter: 30,
  /** BPF_MAP_TYPE_USER_RINGBUF */
  UserRingBuf: 31,
  /** BPF_MAP_TYPE_CGRP_STORAGE */
  CgrpStorage: 32,
  /** BPF_MAP_TYPE_ARENA */
  Arena: 33,
} as const;
/** One of the values of {@link MapType}. */
export type MapType = (typeof MapType)[keyof typeof MapType];
