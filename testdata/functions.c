// SPDX-License-Identifier: (MIT OR GPL-2.0)
// Programs that call static and global functions, share them, pass one as a callback, and call themselves round about.
#include "headers/bpf.h"

struct {
  NUMBER(type, MAP_ARRAY);
  NUMBER(max_entries, 4);
  TYPE(key, u32);
  TYPE(value, u64);
} totals SEC(".maps");

static u64 steps;

static noinline int leaf(u32 value) {
  u64 *total = bpf_map_lookup_elem(&totals, &value);
  return total ? (int)*total : 0;
}

static noinline int middle(u32 value) {
  return leaf(value & 3) + leaf(value >> 30);
}

noinline int shared(u32 value) {
  return middle(value) + 1;
}

weak noinline int replaceable(u32 value) {
  steps += value;
  return 0;
}

static long add_step(u64 index, void *context) {
  steps += index + leaf(index & 3);
  return 0;
}

static long add_element(void *map, u32 *key, u64 *value, void *context) {
  *(u64 *)context += *value;
  return 0;
}

SEC("xdp")
int call_static(void *ctx) {
  return middle((u64)ctx) ? 2 : 1;
}

SEC("xdp")
int call_global(void *ctx) {
  return shared(7) + replaceable(8);
}

SEC("tc")
int pass_callback(void *ctx) {
  u64 sum = 0;
  bpf_loop(10, add_step, 0, 0);
  bpf_for_each_map_elem(&totals, add_element, &sum, 0);
  return (int)sum;
}

SEC("tc")
int call_nothing(void *ctx) {
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
