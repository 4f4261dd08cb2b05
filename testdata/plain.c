// SPDX-License-Identifier: (MIT OR GPL-2.0)
// An object without BTF, with maps defined the way they were before it.
#include "headers/bpf.h"

struct definition {
  u32 type, key_size, value_size, max_entries, map_flags;
};

struct definition table SEC("maps") = {MAP_HASH, 4, 8, 512, 1};
struct definition slots SEC("maps") = {MAP_ARRAY, 4, 4, 2, 0};

const volatile u32 limit = 100;
const volatile char label[8] = "plain";
u64 seen;

static noinline int is_over(u32 value) {
  return value > limit;
}

SEC("kprobe/tcp_sendmsg")
int on_send(void *ctx) {
  u32 zero = 0;
  u64 one = label[0];
  if (is_over(seen++)) bpf_map_update_elem(&table, &zero, &one, 0);
  return bpf_map_lookup_elem(&slots, &zero) != 0;
}

char LICENSE[] SEC("license") = "GPL";
