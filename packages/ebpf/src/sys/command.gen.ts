// Made by scripts/gen-constants.mjs from the kernel's types; do not edit.

/** Commands of bpf(2). @source kernel: include/uapi/linux/bpf.h, enum bpf_cmd */
export const BpfCommand = {
  /** BPF_MAP_CREATE */
  MapCreate: 0,
  /** BPF_MAP_LOOKUP_ELEM */
  MapLookupElem: 1,
  /** BPF_MAP_UPDATE_ELEM */
  MapUpdateElem: 2,
  /** BPF_MAP_DELETE_ELEM */
  MapDeleteElem: 3,
  /** BPF_MAP_GET_NEXT_KEY */
  MapGetNextKey: 4,
  /** BPF_PROG_LOAD */
  ProgLoad: 5,
  /** BPF_OBJ_PIN */
  ObjPin: 6,
  /** BPF_OBJ_GET */
  ObjGet: 7,
  /** BPF_PROG_ATTACH */
  ProgAttach: 8,
  /** BPF_PROG_DETACH */
  ProgDetach: 9,
  /** BPF_PROG_TEST_RUN */
  ProgTestRun: 10,
  /** BPF_PROG_RUN */
  ProgRun: 10,
  /** BPF_PROG_GET_NEXT_ID */
  ProgGetNextId: 11,
  /** BPF_MAP_GET_NEXT_ID */
  MapGetNextId: 12,
  /** BPF_PROG_GET_FD_BY_ID */
  ProgGetFdById: 13,
  /** BPF_MAP_GET_FD_BY_ID */
  MapGetFdById: 14,
  /** BPF_OBJ_GET_INFO_BY_FD */
  ObjGetInfoByFd: 15,
  /** BPF_PROG_QUERY */
  ProgQuery: 16,
  /** BPF_RAW_TRACEPOINT_OPEN */
  RawTracepointOpen: 17,
  /** BPF_BTF_LOAD */
  BtfLoad: 18,
  /** BPF_BTF_GET_FD_BY_ID */
  BtfGetFdById: 19,
  /** BPF_TASK_FD_QUERY */
  TaskFdQuery: 20,
  /** BPF_MAP_LOOKUP_AND_DELETE_ELEM */
  MapLookupAndDeleteElem: 21,
  /** BPF_MAP_FREEZE */
  MapFreeze: 22,
  /** BPF_BTF_GET_NEXT_ID */
  BtfGetNextId: 23,
  /** BPF_MAP_LOOKUP_BATCH */
  MapLookupBatch: 24,
  /** BPF_MAP_LOOKUP_AND_DELETE_BATCH */
  MapLookupAndDeleteBatch: 25,
  /** BPF_MAP_UPDATE_BATCH */
  MapUpdateBatch: 26,
  /** BPF_MAP_DELETE_BATCH */
  MapDeleteBatch: 27,
  /** BPF_LINK_CREATE */
  LinkCreate: 28,
  /** BPF_LINK_UPDATE */
  LinkUpdate: 29,
  /** BPF_LINK_GET_FD_BY_ID */
  LinkGetFdById: 30,
  /** BPF_LINK_GET_NEXT_ID */
  LinkGetNextId: 31,
  /** BPF_ENABLE_STATS */
  EnableStats: 32,
  /** BPF_ITER_CREATE */
  IterCreate: 33,
  /** BPF_LINK_DETACH */
  LinkDetach: 34,
  /** BPF_PROG_BIND_MAP */
  ProgBindMap: 35,
  /** BPF_TOKEN_CREATE */
  TokenCreate: 36,
  /** BPF_PROG_STREAM_READ_BY_FD */
  ProgStreamReadByFd: 37,
} as const;
/** One of the values of {@link BpfCommand}. */
export type BpfCommand = (typeof BpfCommand)[keyof typeof BpfCommand];
