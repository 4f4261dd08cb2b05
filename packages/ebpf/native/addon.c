/* Registration, the arguments of a call, and handles. */
#include "addon.h"

static const struct {
  const char *name;
  napi_callback function;
} functions[] = {
    {"bpf", call_bpf},
    {"bpfAsync", call_bpf_async},
    {"mapElem", call_map_elem},
    {"syscall", call_syscall},
    {"readFully", call_read_fully},
    {"mmapOpen", call_mmap_open},
    {"memRead", call_mem_read},
    {"memWrite", call_mem_write},
    {"memAtomic", call_mem_atomic},
    {"ringOpen", call_ring_open},
    {"ringDrain", call_ring_drain},
    {"ringAvailable", call_ring_available},
    {"perfOpen", call_perf_open},
    {"perfDrain", call_perf_drain},
    {"userRingOpen", call_user_ring_open},
    {"userRingSubmit", call_user_ring_submit},
    {"close", call_close},
    {"pollStart", call_poll_start},
    {"pollStop", call_poll_stop},
    {"pollRef", call_poll_ref},
};

static void instance_free(napi_env env, void *data, void *hint) {
  (void)env;
  (void)hint;
  free(data);
}

NAPI_MODULE_INIT() {
  struct instance *instance = malloc(sizeof(*instance));
  if (instance == NULL) {
    napi_throw_error(env, NULL, "no memory for the addon's instance");
    return NULL;
  }
  /* The running kernel's: one file serves pages of 4, 16 and 64 KB. */
  instance->page_size = getauxval(AT_PAGESZ);
  if (napi_get_uv_event_loop(env, &instance->loop) != napi_ok ||
      napi_set_instance_data(env, instance, instance_free, NULL) != napi_ok) {
    free(instance);
    napi_throw_error(env, NULL, "the addon needs a Node.js event loop");
    return NULL;
  }
  for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
    napi_value function;
    /* The function's data is its name: messages tell which call refused an argument. */
    if (napi_create_function(env, functions[i].name, NAPI_AUTO_LENGTH, functions[i].function,
                             (void *)functions[i].name, &function) != napi_ok ||
        napi_set_named_property(env, exports, functions[i].name, function) != napi_ok) {
      return NULL;
    }
  }
  return exports;
}

bool call_begin(napi_env env, napi_callback_info info, struct call *call) {
  void *name;
  call->env = env;
  call->count = sizeof(call->args) / sizeof(call->args[0]);
  if (napi_get_cb_info(env, info, &call->count, call->args, NULL, &name) != napi_ok) return false;
  call->name = name;
  return true;
}

struct instance *call_instance(const struct call *call) {
  void *instance = NULL;
  napi_get_instance_data(call->env, &instance);
  return instance;
}

static char *append(char *end, const char *limit, const char *text) {
  while (*text != '\0' && end < limit) *end++ = *text++;
  return end;
}

/* "ringDrain: argument 2 must be a Uint8Array or DataView" */
static void reject_message(char (*message)[160], const struct call *call, size_t index, const char *wanted) {
  const char number[2] = {(char)('1' + index), '\0'};
  const char *limit = *message + sizeof(*message) - 1;
  char *end = append(*message, limit, call->name);
  end = append(end, limit, ": argument ");
  end = append(end, limit, number);
  end = append(end, limit, " must be ");
  end = append(end, limit, wanted);
  *end = '\0';
}

bool call_reject_type(const struct call *call, size_t index, const char *wanted) {
  char message[160];
  reject_message(&message, call, index, wanted);
  napi_throw_type_error(call->env, "ERR_INVALID_ARG_TYPE", message);
  return false;
}

bool call_reject_range(const struct call *call, size_t index, const char *wanted) {
  char message[160];
  reject_message(&message, call, index, wanted);
  napi_throw_range_error(call->env, "ERR_OUT_OF_RANGE", message);
  return false;
}

bool arg_is_nullish(const struct call *call, size_t index) {
  napi_valuetype type;
  return napi_typeof(call->env, call->args[index], &type) == napi_ok && (type == napi_null || type == napi_undefined);
}

/* Numbers are read as doubles: the integer readers of Node-API wrap or saturate without a word. */
static bool integer_between(const struct call *call, size_t index, napi_value value, int64_t min, int64_t max,
                            const char *wanted, int64_t *number) {
  double read;
  if (napi_get_value_double(call->env, value, &read) != napi_ok) return call_reject_type(call, index, wanted);
  /* The comparison is false for NaN, and keeps the conversion below within int64_t. */
  if (!(read >= (double)min && read <= (double)max)) return call_reject_range(call, index, wanted);
  *number = (int64_t)read;
  if ((double)*number != read) return call_reject_range(call, index, wanted);
  return true;
}

bool arg_fd(const struct call *call, size_t index, int *fd) {
  int64_t number;
  if (!integer_between(call, index, call->args[index], INT32_MIN, INT32_MAX, "a file descriptor", &number)) return false;
  *fd = (int)number;
  return true;
}

bool arg_u32(const struct call *call, size_t index, uint32_t *number) {
  int64_t wide;
  if (!integer_between(call, index, call->args[index], 0, UINT32_MAX, "an unsigned 32-bit integer", &wide)) return false;
  *number = (uint32_t)wide;
  return true;
}

bool arg_size(const struct call *call, size_t index, uint64_t *number) {
  int64_t read;
  if (!integer_between(call, index, call->args[index], 0, MAX_SAFE_INTEGER, "an integer from 0 to 2^53 - 1", &read)) {
    return false;
  }
  *number = (uint64_t)read;
  return true;
}

bool value_integer(const struct call *call, size_t index, napi_value value, int64_t *number) {
  return integer_between(call, index, value, -MAX_SAFE_INTEGER, MAX_SAFE_INTEGER,
                         "an integer between -2^53 and 2^53, a view or null", number);
}

bool value_view(const struct call *call, size_t index, napi_value value, struct view *view) {
  napi_typedarray_type type = napi_int8_array;
  napi_value buffer;
  void *bytes;
  if (napi_get_typedarray_info(call->env, value, &type, &view->length, &bytes, &buffer, NULL) == napi_ok) {
    if (type != napi_uint8_array) return call_reject_type(call, index, "a Uint8Array or DataView");
  } else if (napi_get_dataview_info(call->env, value, &view->length, &bytes, &buffer, NULL) != napi_ok) {
    return call_reject_type(call, index, "a Uint8Array or DataView");
  }
  view->bytes = bytes;
  if (view->length == 0) {
    /* A detached view reads as an empty one: the kernel would be given no bytes where the caller meant some. */
    bool is_detached = false;
    napi_is_detached_arraybuffer(call->env, buffer, &is_detached);
    if (is_detached) return call_reject_type(call, index, "a view whose buffer is not detached");
  }
  return true;
}

bool arg_view(const struct call *call, size_t index, struct view *view) {
  return value_view(call, index, call->args[index], view);
}

bool arg_view_or_null(const struct call *call, size_t index, struct view *view) {
  if (arg_is_nullish(call, index)) {
    *view = (struct view){NULL, 0};
    return true;
  }
  return arg_view(call, index, view);
}

/*
 * The tag says that an external was made by this very copy of the addon: another version in the same process may lay out
 * its handles differently, so half of the tag is an address within the loaded file.
 */
static napi_type_tag handle_tag(void) {
  return (napi_type_tag){.lower = UINT64_C(0x9d4c6b1e3a7f5280), .upper = (uint64_t)(uintptr_t)&functions};
}

struct handle *arg_handle(const struct call *call, size_t index) {
  const napi_type_tag tag = handle_tag();
  bool is_ours = false;
  void *handle;
  if (napi_get_value_external(call->env, call->args[index], &handle) != napi_ok ||
      napi_check_object_type_tag(call->env, call->args[index], &tag, &is_ours) != napi_ok || !is_ours) {
    call_reject_type(call, index, "a handle of this addon");
    return NULL;
  }
  return handle;
}

struct memory *arg_memory(const struct call *call, size_t index, enum handle_kind kind) {
  static const char *const wanted[] = {
      [HANDLE_MAPPING] = "a handle from mmapOpen",
      [HANDLE_RING] = "a handle from ringOpen",
      [HANDLE_PERF] = "a handle from perfOpen",
      [HANDLE_USER_RING] = "a handle from userRingOpen",
  };
  struct handle *handle = arg_handle(call, index);
  if (handle == NULL) return NULL;
  if (handle->kind != kind) {
    call_reject_type(call, index, wanted[kind]);
    return NULL;
  }
  return (struct memory *)(void *)handle;
}

napi_value give(const struct call *call, int64_t number) {
  napi_value value = NULL;
  napi_create_int64(call->env, number, &value);
  return value;
}

/* The external owns `handle` from here on, or `finalize` has already run when there is none. */
napi_value give_handle(const struct call *call, struct handle *handle, napi_finalize finalize) {
  const napi_type_tag tag = handle_tag();
  napi_value external;
  if (napi_create_external(call->env, handle, finalize, NULL, &external) != napi_ok) {
    finalize(call->env, handle, NULL);
    return NULL;
  }
  /* Untagged, the external would be refused everywhere and collected, which frees the handle. */
  if (napi_type_tag_object(call->env, external, &tag) != napi_ok) return NULL;
  return external;
}
