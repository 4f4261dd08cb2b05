// SPDX-License-Identifier: (MIT OR GPL-2.0)
// Maps of the kinds that tracing tools use, and the ways to define them.
#include "headers/bpf.h"

struct key {
  u32 pid;
  u32 cpu;
};
typedef struct key key_alias;

struct event {
  u64 time;
  u32 pid;
  char comm[16];
};

struct {
  NUMBER(type, MAP_HASH);
  NUMBER(max_entries, 10240);
  TYPE(key, key_alias);
  TYPE(value, u64);
} counts SEC(".maps");

struct {
  NUMBER(type, MAP_PERCPU_ARRAY);
  NUMBER(max_entries, 1);
  TYPE(key, u32);
  TYPE(value, struct event);
} scratch SEC(".maps");

struct {
  NUMBER(type, MAP_RINGBUF);
  NUMBER(max_entries, 256 * 1024);
} events SEC(".maps");

struct {
  NUMBER(type, MAP_PERF_EVENT_ARRAY);
  NUMBER(key_size, sizeof(u32));
  NUMBER(value_size, sizeof(u32));
} perf_events SEC(".maps");

struct {
  NUMBER(type, MAP_LPM_TRIE);
  NUMBER(max_entries, 16);
  NUMBER(map_flags, 1);
  NUMBER(key_size, 8);
  TYPE(value, u8);
} routes SEC(".maps");

struct {
  NUMBER(type, MAP_BLOOM_FILTER);
  NUMBER(max_entries, 100);
  NUMBER(map_extra, 3);
  TYPE(value, u32);
} seen SEC(".maps");

struct lru_definition {
  NUMBER(type, MAP_LRU_HASH);
  NUMBER(max_entries, 64);
  NUMBER(pinning, 0);
  TYPE(key, int);
  TYPE(value, struct { u16 a; u8 b[3]; });
};
typedef struct lru_definition lru_alias;
lru_alias recent SEC(".maps");

SEC("tracepoint/syscalls/sys_enter_execve")
int count_exec(void *ctx) {
  struct key key = {.pid = (u32)(bpf_get_current_pid_tgid() >> 32)};
  u64 one = 1, *count = bpf_map_lookup_elem(&counts, &key);
  if (count)
    __sync_fetch_and_add(count, 1);
  else
    bpf_map_update_elem(&counts, &key, &one, 0);

  struct event *event = bpf_ringbuf_reserve(&events, sizeof(*event), 0);
  if (!event) return 0;
  event->time = bpf_ktime_get_ns();
  event->pid = key.pid;
  bpf_get_current_comm(event->comm, sizeof(event->comm));
  bpf_ringbuf_submit(event, 0);
  return 0;
}

SEC("tp/sched/sched_switch")
int output_switch(void *ctx) {
  u32 zero = 0;
  struct event *event = bpf_map_lookup_elem(&scratch, &zero);
  if (!event) return 0;
  event->time = bpf_ktime_get_ns();
  bpf_perf_event_output(ctx, &perf_events, 0xffffffff, event, sizeof(*event));
  return 0;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
