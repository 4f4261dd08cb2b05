/* System calls: any of them, bpf(2) with pointers written into its attributes, and the hot path for map elements. */
#include "addon.h"

int64_t system_call(long number, long a, long b, long c, long d, long e, long f) {
  long result = syscall(number, a, b, c, d, e, f);
  return result == -1 ? -*__errno_location() : result;
}

static int64_t bpf(uint32_t command, void *attr, size_t length) {
  return system_call(SYS_bpf, (long)command, (long)attr, (long)length, 0, 0, 0);
}

/*
 * Writes addresses into views. `list` is an array in which a number is an offset into the target and is followed by the
 * view (or null) whose address goes there; a view in an offset's place becomes the target of what follows it.
 * Each view is appended to `kept`, an array, when there is one.
 */
static bool apply_fixups(const struct call *call, size_t index, napi_value list, struct view target, napi_value kept) {
  static const char wanted[] = "an array of offsets, each followed by a view or null, and of views that they are in";
  uint32_t count, kept_count = 0;
  napi_env env = call->env;
  if (napi_get_array_length(env, list, &count) != napi_ok) return call_reject_type(call, index, wanted);
  if (kept != NULL && napi_get_array_length(env, kept, &kept_count) != napi_ok) return false;

  for (uint32_t i = 0; i < count; i++) {
    napi_value element;
    napi_valuetype type;
    struct view view = {NULL, 0};
    int64_t offset = -1;
    if (napi_get_element(env, list, i, &element) != napi_ok || napi_typeof(env, element, &type) != napi_ok) return false;
    if (type == napi_number) {
      if (!value_integer(call, index, element, &offset)) return false;
      if (offset < 0 || target.length < sizeof(uint64_t) || (uint64_t)offset > target.length - sizeof(uint64_t)) {
        return call_reject_range(call, index, "an array of offsets with 8 bytes of their view behind them");
      }
      if (++i == count) return call_reject_type(call, index, wanted);
      if (napi_get_element(env, list, i, &element) != napi_ok || napi_typeof(env, element, &type) != napi_ok) return false;
    }
    if (type == napi_null && offset >= 0) {
      memset(target.bytes + offset, 0, sizeof(uint64_t));
      continue;
    }
    if (type != napi_object) return call_reject_type(call, index, wanted);
    if (!value_view(call, index, element, &view)) return false;
    if (kept != NULL && napi_set_element(env, kept, kept_count++, element) != napi_ok) return false;
    if (offset >= 0) {
      const uint64_t address = (uint64_t)(uintptr_t)view.bytes;
      memcpy(target.bytes + offset, &address, sizeof(address));
    } else {
      target = view;
    }
  }
  return true;
}

napi_value call_bpf(napi_env env, napi_callback_info info) {
  struct call call;
  struct view attr;
  uint32_t command;
  if (!call_begin(env, info, &call) || !arg_u32(&call, 0, &command) || !arg_view(&call, 1, &attr)) return NULL;
  if (!arg_is_nullish(&call, 2) && !apply_fixups(&call, 2, call.args[2], attr, NULL)) return NULL;
  return give(&call, bpf(command, attr.bytes, attr.length));
}

/* One bpf(2) on a thread of the pool. */
struct job {
  uint32_t command;
  struct view attr;
  int64_t result;
  napi_ref views; /* an array of all views whose addresses the kernel was given */
  napi_deferred deferred;
  napi_async_work work;
  napi_async_cleanup_hook_handle hook;
};

static void job_execute(napi_env env, void *data) {
  struct job *job = data;
  (void)env;
  job->result = bpf(job->command, job->attr.bytes, job->attr.length);
}

static void job_complete(napi_env env, napi_status status, void *data) {
  struct job *job = data;
  napi_value result;
  /* In an environment that is going away none of the calls into JavaScript does anything; freeing still counts. */
  if (napi_create_int64(env, status == napi_ok ? job->result : -ECANCELED, &result) == napi_ok) {
    napi_resolve_deferred(env, job->deferred, result);
  }
  napi_delete_reference(env, job->views);
  napi_delete_async_work(env, job->work);
  napi_remove_async_cleanup_hook(job->hook);
  free(job);
}

/*
 * Does nothing: while the hook is registered the environment waits, and keeps its references, so that the views outlive
 * the thread that the kernel fills them on.
 */
static void job_hold_environment(napi_async_cleanup_hook_handle hook, void *data) {
  (void)hook;
  (void)data;
}

napi_value call_bpf_async(napi_env env, napi_callback_info info) {
  struct call call;
  struct view attr;
  uint32_t command;
  napi_value views, name, promise;
  if (!call_begin(env, info, &call) || !arg_u32(&call, 0, &command) || !arg_view(&call, 1, &attr)) return NULL;
  if (napi_create_array(env, &views) != napi_ok || napi_set_element(env, views, 0, call.args[1]) != napi_ok) return NULL;
  if (!arg_is_nullish(&call, 2) && !apply_fixups(&call, 2, call.args[2], attr, views)) return NULL;

  struct job *job = calloc(1, sizeof(*job));
  if (job == NULL) {
    napi_throw_error(env, NULL, "bpfAsync: no memory");
    return NULL;
  }
  job->command = command;
  job->attr = attr;
  if (napi_create_string_utf8(env, "bpf", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_create_reference(env, views, 1, &job->views) != napi_ok ||
      napi_create_async_work(env, NULL, name, job_execute, job_complete, job, &job->work) != napi_ok ||
      napi_add_async_cleanup_hook(env, job_hold_environment, NULL, &job->hook) != napi_ok ||
      napi_create_promise(env, &job->deferred, &promise) != napi_ok ||
      napi_queue_async_work(env, job->work) != napi_ok) {
    if (job->hook != NULL) napi_remove_async_cleanup_hook(job->hook);
    if (job->work != NULL) napi_delete_async_work(env, job->work);
    if (job->views != NULL) napi_delete_reference(env, job->views);
    free(job);
    napi_throw_error(env, NULL, "bpfAsync: the environment takes no more work");
    return NULL;
  }
  return promise;
}

/* The part of union bpf_attr that the commands on one element use. */
struct map_elem_attr {
  uint32_t map_fd;
  uint32_t pad;
  uint64_t key;
  uint64_t value; /* or the next key */
  uint64_t flags;
};

napi_value call_map_elem(napi_env env, napi_callback_info info) {
  struct call call;
  struct view key, value;
  uint32_t command;
  uint64_t flags;
  int fd;
  if (!call_begin(env, info, &call) || !arg_u32(&call, 0, &command) || !arg_fd(&call, 1, &fd) ||
      !arg_view_or_null(&call, 2, &key) || !arg_view_or_null(&call, 3, &value) || !arg_size(&call, 4, &flags)) {
    return NULL;
  }
  struct map_elem_attr attr = {
      .map_fd = (uint32_t)fd,
      .key = (uint64_t)(uintptr_t)key.bytes,
      .value = (uint64_t)(uintptr_t)value.bytes,
      .flags = flags,
  };
  return give(&call, bpf(command, &attr, sizeof(attr)));
}

/* A number, the address of a view, 0 for null, or the address of an array's first view after its fixups. */
static bool syscall_argument(const struct call *call, size_t index, long *argument) {
  static const char wanted[] = "a number, a view, null, or an array that starts with a view";
  napi_value value = call->args[index];
  napi_valuetype type;
  struct view view;
  int64_t number;
  bool is_array;
  if (napi_typeof(call->env, value, &type) != napi_ok) return false;
  switch (type) {
    case napi_null:
      *argument = 0;
      return true;
    case napi_number:
      if (!value_integer(call, index, value, &number)) return false;
      *argument = (long)number;
      return true;
    case napi_object:
      if (napi_is_array(call->env, value, &is_array) != napi_ok) return false;
      if (is_array) {
        napi_value first;
        const struct view none = {NULL, 0};
        if (napi_get_element(call->env, value, 0, &first) != napi_ok) return false;
        if (!value_view(call, index, first, &view) || !apply_fixups(call, index, value, none, NULL)) return false;
      } else if (!value_view(call, index, value, &view)) {
        return false;
      }
      *argument = (long)view.bytes;
      return true;
    default:
      return call_reject_type(call, index, wanted);
  }
}

napi_value call_syscall(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t number;
  long arguments[6] = {0};
  if (!call_begin(env, info, &call) || !arg_u32(&call, 0, &number)) return NULL;
  if (call.count > 7) {
    call_reject_range(&call, 7, "left out: a system call has six arguments");
    return NULL;
  }
  for (size_t i = 1; i < call.count; i++) {
    if (!syscall_argument(&call, i, &arguments[i - 1])) return NULL;
  }
  return give(&call, system_call((long)number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
                                 arguments[5]));
}

napi_value call_read_fully(napi_env env, napi_callback_info info) {
  struct call call;
  struct view out;
  size_t used = 0;
  int fd;
  if (!call_begin(env, info, &call) || !arg_fd(&call, 0, &fd) || !arg_view(&call, 1, &out)) return NULL;
  while (used < out.length) {
    int64_t got = system_call(SYS_read, fd, (long)(out.bytes + used), (long)(out.length - used), 0, 0, 0);
    if (got == -EINTR) continue;
    if (got < 0) return give(&call, got);
    if (got == 0) break;
    used += (size_t)got;
  }
  return give(&call, (int64_t)used);
}
