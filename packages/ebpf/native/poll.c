/*
 * Watching descriptors on the event loop by uv_poll. Node-API hands out the loop but not libuv's header, so the few
 * functions are declared here; the watcher's size is asked of libuv itself, and nothing else of its layout is known.
 */
#include "addon.h"

typedef struct uv_loop_s uv_loop_t;
typedef struct uv_handle_s uv_handle_t;
typedef struct uv_poll_s uv_poll_t;

enum { UV_POLL_HANDLE = 8 }; /* UV_POLL of enum uv_handle_type */

size_t uv_handle_size(int type);
int uv_poll_init(uv_loop_t *loop, uv_poll_t *watcher, int fd);
int uv_poll_start(uv_poll_t *watcher, int events, void (*callback)(uv_poll_t *watcher, int status, int events));
void uv_close(uv_handle_t *watcher, void (*callback)(uv_handle_t *watcher));
void uv_ref(uv_handle_t *watcher);
void uv_unref(uv_handle_t *watcher);

/*
 * Three parties hold a poll: JavaScript's external, the loop until on_close, and the environment's cleanup hook, which
 * is removed in on_close. It is freed by whichever of the external's finalizer and on_close comes last.
 */
struct poll {
  struct handle base; /* is_closed: uv_close was called, so no callback follows */
  bool is_collected;  /* the external is gone */
  bool is_ended;      /* the loop has let go */
  napi_env env;
  napi_ref callback;
  napi_async_context context;
  napi_async_cleanup_hook_handle hook;
  _Alignas(16) unsigned char watcher[];
};

static struct poll *poll_of(void *watcher) {
  return (struct poll *)(void *)((unsigned char *)watcher - offsetof(struct poll, watcher));
}

/* Lets go of what belongs to JavaScript. */
static void poll_release(struct poll *poll) {
  if (poll->callback != NULL) napi_delete_reference(poll->env, poll->callback);
  if (poll->context != NULL) napi_async_destroy(poll->env, poll->context);
  poll->callback = NULL;
  poll->context = NULL;
}

static void on_close(uv_handle_t *watcher) {
  struct poll *poll = poll_of(watcher);
  /* Not earlier: pollStop may run within the callback, which still uses the async context. */
  poll_release(poll);
  if (poll->hook != NULL) napi_remove_async_cleanup_hook(poll->hook);
  poll->is_ended = true;
  if (poll->is_collected) free(poll);
}

/* Takes the descriptor off the loop at once; the memory is the loop's until on_close. */
static void poll_stop(struct poll *poll) {
  if (poll->base.is_closed) return;
  poll->base.is_closed = true;
  uv_close((uv_handle_t *)(void *)poll->watcher, on_close);
}

/* The environment ends, by process or worker exit, with the watch still open: node aborts on a loop with handles left. */
static void on_environment_end(napi_async_cleanup_hook_handle hook, void *data) {
  struct poll *poll = data;
  (void)hook;
  poll_release(poll);
  poll_stop(poll);
}

static void poll_finalize(napi_env env, void *data, void *hint) {
  struct poll *poll = data;
  (void)env;
  (void)hint;
  /* The watch goes on when it is open: the callback is its owner, and the handle is only needed to stop it. */
  poll->is_collected = true;
  if (poll->is_ended) free(poll);
}

static void on_poll(uv_poll_t *watcher, int status, int events) {
  struct poll *poll = poll_of(watcher);
  napi_env env = poll->env;
  napi_handle_scope scope;
  napi_value callback, receiver, args[2], error;
  if (poll->base.is_closed || napi_open_handle_scope(env, &scope) != napi_ok) return;
  if (napi_get_reference_value(env, poll->callback, &callback) == napi_ok &&
      napi_get_global(env, &receiver) == napi_ok && napi_create_int32(env, status, &args[0]) == napi_ok &&
      napi_create_int32(env, events, &args[1]) == napi_ok &&
      napi_make_callback(env, poll->context, receiver, callback, 2, args, NULL) == napi_pending_exception &&
      napi_get_and_clear_last_exception(env, &error) == napi_ok) {
    /* As if a callback of Node's own had thrown: 'uncaughtException', or the end of the process. */
    napi_fatal_exception(env, error);
  }
  napi_close_handle_scope(env, scope);
}

napi_value call_poll_start(napi_env env, napi_callback_info info) {
  struct call call;
  uint32_t events;
  napi_valuetype type;
  napi_value name;
  int fd;
  if (!call_begin(env, info, &call) || !arg_fd(&call, 0, &fd) || !arg_u32(&call, 1, &events)) return NULL;
  if (events == 0 || events > 15) {
    call_reject_range(&call, 1, "a sum of 1 (readable), 2 (writable), 4 (disconnect) and 8 (prioritized)");
    return NULL;
  }
  if (napi_typeof(env, call.args[2], &type) != napi_ok || type != napi_function) {
    call_reject_type(&call, 2, "a function");
    return NULL;
  }
  const struct instance *instance = call_instance(&call);
  struct poll *poll = calloc(1, sizeof(*poll) + uv_handle_size(UV_POLL_HANDLE));
  if (poll == NULL) return give(&call, -ENOMEM);
  poll->base.kind = HANDLE_POLL;
  poll->env = env;
  uv_poll_t *watcher = (uv_poll_t *)(void *)poll->watcher;
  int status = uv_poll_init(instance->loop, watcher, fd);
  if (status < 0) {
    free(poll);
    return give(&call, status);
  }
  /* From here on the loop knows the watcher: every way out must close it. */
  if (napi_create_reference(env, call.args[2], 1, &poll->callback) != napi_ok ||
      napi_create_string_utf8(env, "EBPF_POLL", NAPI_AUTO_LENGTH, &name) != napi_ok ||
      napi_async_init(env, NULL, name, &poll->context) != napi_ok ||
      napi_add_async_cleanup_hook(env, on_environment_end, poll, &poll->hook) != napi_ok) {
    poll->is_collected = true;
    poll_stop(poll);
    napi_throw_error(env, NULL, "pollStart: the environment takes no more watches");
    return NULL;
  }
  status = uv_poll_start(watcher, (int)events, on_poll);
  if (status < 0) {
    poll->is_collected = true;
    poll_stop(poll);
    return give(&call, status);
  }
  napi_value external = give_handle(&call, &poll->base, poll_finalize);
  /* Without a handle nobody could end the watch. */
  if (external == NULL) poll_stop(poll);
  return external;
}

static struct poll *arg_poll(const struct call *call, size_t index) {
  struct handle *handle = arg_handle(call, index);
  if (handle == NULL) return NULL;
  if (handle->kind != HANDLE_POLL) {
    call_reject_type(call, index, "a handle from pollStart");
    return NULL;
  }
  return (struct poll *)(void *)handle;
}

napi_value call_poll_stop(napi_env env, napi_callback_info info) {
  struct call call;
  struct poll *poll;
  if (!call_begin(env, info, &call) || (poll = arg_poll(&call, 0)) == NULL) return NULL;
  poll_stop(poll);
  return give(&call, 0);
}

napi_value call_poll_ref(napi_env env, napi_callback_info info) {
  struct call call;
  struct poll *poll;
  bool is_ref;
  if (!call_begin(env, info, &call) || (poll = arg_poll(&call, 0)) == NULL) return NULL;
  if (napi_get_value_bool(env, call.args[1], &is_ref) != napi_ok) {
    call_reject_type(&call, 1, "a boolean");
    return NULL;
  }
  if (poll->base.is_closed) return give(&call, -EBADF);
  (is_ref ? uv_ref : uv_unref)((uv_handle_t *)(void *)poll->watcher);
  return give(&call, 0);
}
