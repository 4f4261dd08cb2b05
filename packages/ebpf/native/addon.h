/*
 * What the files of the addon share. The addon decides nothing: it makes system calls, maps memory, moves bytes between
 * mappings and JavaScript's buffers, and watches descriptors. src/sys/native.ts documents every exported function.
 *
 * Rules that all files keep:
 * - A result is a number that is not negative, or -errno. Only a wrong argument throws.
 * - There are no C globals that are written to: one loaded file serves the main thread and every worker.
 * - JavaScript never gets a mapping's memory or an address; C copies. A view's address is used within the call, or,
 *   when a thread needs it for longer, the view is held by a reference until that thread is done.
 */
#ifndef EBPF_ADDON_H
#define EBPF_ADDON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <node_api.h>

#include "host.h"

_Static_assert(sizeof(void *) == 8 && sizeof(long) == 8, "addresses and system call arguments are 64 bits here");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the packed records of a drain are little-endian");

/* 2^53 - 1: the largest integer that a JavaScript number holds exactly, and so the largest that is taken or given. */
#define MAX_SAFE_INTEGER INT64_C(9007199254740991)

/* What every environment (main thread or worker) keeps for itself. */
struct instance {
  struct uv_loop_s *loop;
  size_t page_size;
};

/* One call from JavaScript: the name is for messages. */
struct call {
  napi_env env;
  const char *name;
  size_t count;
  napi_value args[7];
};

/* Bytes of a Uint8Array or DataView; valid as long as the handle scope of the call. `bytes` is NULL for `null`. */
struct view {
  uint8_t *bytes;
  size_t length;
};

enum handle_kind { HANDLE_MAPPING, HANDLE_RING, HANDLE_PERF, HANDLE_USER_RING, HANDLE_POLL };

/* First member of whatever an external points to. */
struct handle {
  enum handle_kind kind;
  bool is_closed;
};

struct area {
  void *start;
  size_t length;
};

/* A mapping, or a ring that is made of one or two. */
struct memory {
  struct handle base;
  struct area areas[2]; /* what closing unmaps */
  int prot;             /* of a plain mapping */

  /* Of rings: both positions count bytes from the ring's making, and `size`, a power of two, is that of `data`. */
  uint64_t *consumer;
  uint64_t *producer;
  uint8_t *data;
  uint64_t size;
};

/* addon.c: arguments. A reader that gives false (or NULL) has thrown; the function then returns NULL at once. */
bool call_begin(napi_env env, napi_callback_info info, struct call *call);
struct instance *call_instance(const struct call *call);
bool call_reject_type(const struct call *call, size_t index, const char *wanted);
bool call_reject_range(const struct call *call, size_t index, const char *wanted);
bool arg_is_nullish(const struct call *call, size_t index);
bool arg_fd(const struct call *call, size_t index, int *fd);
bool arg_u32(const struct call *call, size_t index, uint32_t *number);
bool arg_size(const struct call *call, size_t index, uint64_t *number);
bool value_integer(const struct call *call, size_t index, napi_value value, int64_t *number);
bool value_view(const struct call *call, size_t index, napi_value value, struct view *view);
bool arg_view(const struct call *call, size_t index, struct view *view);
bool arg_view_or_null(const struct call *call, size_t index, struct view *view);
struct handle *arg_handle(const struct call *call, size_t index);
struct memory *arg_memory(const struct call *call, size_t index, enum handle_kind kind);

/* addon.c: results. */
napi_value give(const struct call *call, int64_t number);
napi_value give_handle(const struct call *call, struct handle *handle, napi_finalize finalize);

/* syscall.c */
int64_t system_call(long number, long a, long b, long c, long d, long e, long f);
napi_value call_bpf(napi_env env, napi_callback_info info);
napi_value call_bpf_async(napi_env env, napi_callback_info info);
napi_value call_map_elem(napi_env env, napi_callback_info info);
napi_value call_syscall(napi_env env, napi_callback_info info);
napi_value call_read_fully(napi_env env, napi_callback_info info);

/* mapping.c */
int map_area(struct area *area, int fd, size_t length, int prot, int flags, uint64_t offset);
struct memory *memory_new(enum handle_kind kind);
void memory_free(struct memory *memory);
napi_value give_memory(const struct call *call, struct memory *memory);
napi_value call_mmap_open(napi_env env, napi_callback_info info);
napi_value call_mem_read(napi_env env, napi_callback_info info);
napi_value call_mem_write(napi_env env, napi_callback_info info);
napi_value call_mem_atomic(napi_env env, napi_callback_info info);
napi_value call_close(napi_env env, napi_callback_info info);

/* ring.c */
bool is_power_of_two(uint64_t number);
int64_t drain_needs(size_t size);
uint8_t *put_record(uint8_t *out, uint32_t length, uint32_t type);
size_t packed_size(uint32_t length);
napi_value call_ring_open(napi_env env, napi_callback_info info);
napi_value call_ring_drain(napi_env env, napi_callback_info info);
napi_value call_ring_available(napi_env env, napi_callback_info info);
napi_value call_user_ring_open(napi_env env, napi_callback_info info);
napi_value call_user_ring_submit(napi_env env, napi_callback_info info);

/* perf.c */
napi_value call_perf_open(napi_env env, napi_callback_info info);
napi_value call_perf_drain(napi_env env, napi_callback_info info);

/* poll.c */
napi_value call_poll_start(napi_env env, napi_callback_info info);
napi_value call_poll_stop(napi_env env, napi_callback_info info);
napi_value call_poll_ref(napi_env env, napi_callback_info info);

#endif
