/* Memory mappings, and what all handles that own one share. */
#include "addon.h"

/* Returns 0, or -errno with the area left empty. */
int map_area(struct area *area, int fd, size_t length, int prot, int flags, uint64_t offset) {
  int64_t start = system_call(SYS_mmap, 0, (long)length, prot, flags, fd, (long)offset);
  if (start < 0) return (int)start;
  *area = (struct area){(void *)start, length};
  return 0;
}

struct memory *memory_new(enum handle_kind kind) {
  struct memory *memory = calloc(1, sizeof(*memory));
  if (memory != NULL) memory->base.kind = kind;
  return memory;
}

static void memory_unmap(struct memory *memory) {
  memory->base.is_closed = true;
  for (size_t i = 0; i < 2; i++) {
    struct area *area = &memory->areas[i];
    if (area->length != 0) system_call(SYS_munmap, (long)area->start, (long)area->length, 0, 0, 0, 0);
    *area = (struct area){NULL, 0};
  }
}

void memory_free(struct memory *memory) {
  memory_unmap(memory);
  free(memory);
}

static void memory_finalize(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  memory_free(data);
}

napi_value give_memory(const struct call *call, struct memory *memory) {
  return give_handle(call, &memory->base, memory_finalize);
}

napi_value call_mmap_open(napi_env env, napi_callback_info info) {
  struct call call;
  uint64_t length, offset;
  uint32_t prot, flags;
  int fd;
  if (!call_begin(env, info, &call) || !arg_fd(&call, 0, &fd) || !arg_size(&call, 1, &length) ||
      !arg_u32(&call, 2, &prot) || !arg_u32(&call, 3, &flags) || !arg_size(&call, 4, &offset)) {
    return NULL;
  }
  struct memory *memory = memory_new(HANDLE_MAPPING);
  if (memory == NULL) return give(&call, -ENOMEM);
  memory->prot = (int)prot;
  int status = map_area(&memory->areas[0], fd, length, (int)prot, (int)flags, offset);
  if (status < 0) {
    memory_free(memory);
    return give(&call, status);
  }
  return give_memory(&call, memory);
}

/* Finds `length` bytes at `offset` of an open mapping that permits `prot`. Returns 0 or -errno. */
static int mapping_range(const struct memory *memory, uint64_t offset, size_t length, int prot, uint8_t **start) {
  const struct area *area = &memory->areas[0];
  if (memory->base.is_closed) return -EBADF;
  if (offset > area->length || length > area->length - offset) return -EINVAL;
  if ((memory->prot & prot) != prot) return -EACCES;
  *start = (uint8_t *)area->start + offset;
  return 0;
}

napi_value call_mem_read(napi_env env, napi_callback_info info) {
  struct call call;
  struct memory *memory;
  struct view out;
  uint64_t offset;
  uint8_t *from;
  if (!call_begin(env, info, &call) || (memory = arg_memory(&call, 0, HANDLE_MAPPING)) == NULL ||
      !arg_size(&call, 1, &offset) || !arg_view(&call, 2, &out)) {
    return NULL;
  }
  int status = mapping_range(memory, offset, out.length, PROT_READ, &from);
  if (status < 0) return give(&call, status);
  if (out.length != 0) memcpy(out.bytes, from, out.length);
  return give(&call, (int64_t)out.length);
}

napi_value call_mem_write(napi_env env, napi_callback_info info) {
  struct call call;
  struct memory *memory;
  struct view bytes;
  uint64_t offset;
  uint8_t *to;
  if (!call_begin(env, info, &call) || (memory = arg_memory(&call, 0, HANDLE_MAPPING)) == NULL ||
      !arg_size(&call, 1, &offset) || !arg_view(&call, 2, &bytes)) {
    return NULL;
  }
  int status = mapping_range(memory, offset, bytes.length, PROT_WRITE, &to);
  if (status < 0) return give(&call, status);
  if (bytes.length != 0) memcpy(to, bytes.bytes, bytes.length);
  return give(&call, (int64_t)bytes.length);
}

enum atomic_op { ATOMIC_LOAD, ATOMIC_STORE, ATOMIC_ADD };

static uint64_t atomic_32(uint32_t *word, enum atomic_op op, uint32_t value) {
  switch (op) {
    case ATOMIC_STORE:
      __atomic_store_n(word, value, __ATOMIC_RELEASE);
      return value;
    case ATOMIC_ADD:
      return __atomic_fetch_add(word, value, __ATOMIC_ACQ_REL);
    default:
      return __atomic_load_n(word, __ATOMIC_ACQUIRE);
  }
}

static uint64_t atomic_64(uint64_t *word, enum atomic_op op, uint64_t value) {
  switch (op) {
    case ATOMIC_STORE:
      __atomic_store_n(word, value, __ATOMIC_RELEASE);
      return value;
    case ATOMIC_ADD:
      return __atomic_fetch_add(word, value, __ATOMIC_ACQ_REL);
    default:
      return __atomic_load_n(word, __ATOMIC_ACQUIRE);
  }
}

napi_value call_mem_atomic(napi_env env, napi_callback_info info) {
  struct call call;
  struct memory *memory;
  uint64_t offset, value;
  uint32_t width, op;
  uint8_t *word;
  bool is_lossless; /* not asked for: a value wraps to the width, as BigInt.asUintN has it */
  napi_value result;
  if (!call_begin(env, info, &call) || (memory = arg_memory(&call, 0, HANDLE_MAPPING)) == NULL ||
      !arg_size(&call, 1, &offset) || !arg_u32(&call, 2, &width) || !arg_u32(&call, 3, &op)) {
    return NULL;
  }
  if (width != 4 && width != 8) {
    call_reject_range(&call, 2, "4 or 8");
    return NULL;
  }
  if (op > ATOMIC_ADD) {
    call_reject_range(&call, 3, "0 (load), 1 (store) or 2 (add)");
    return NULL;
  }
  if (napi_get_value_bigint_uint64(env, call.args[4], &value, &is_lossless) != napi_ok) {
    call_reject_type(&call, 4, "a bigint");
    return NULL;
  }
  int status = mapping_range(memory, offset, width, op == ATOMIC_LOAD ? PROT_READ : PROT_READ | PROT_WRITE, &word);
  if (status == 0 && offset % width != 0) status = -EINVAL;
  if (status < 0) return give(&call, status);
  value = width == 4 ? atomic_32((uint32_t *)(void *)word, op, (uint32_t)value)
                     : atomic_64((uint64_t *)(void *)word, op, value);
  return napi_create_bigint_uint64(env, value, &result) == napi_ok ? result : NULL;
}

napi_value call_close(napi_env env, napi_callback_info info) {
  struct call call;
  struct handle *handle;
  if (!call_begin(env, info, &call) || (handle = arg_handle(&call, 0)) == NULL) return NULL;
  if (handle->kind == HANDLE_POLL) {
    call_reject_type(&call, 0, "a handle of a mapping or ring; pollStop ends a watch");
    return NULL;
  }
  memory_unmap((struct memory *)(void *)handle);
  return give(&call, 0);
}
