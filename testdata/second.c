// SPDX-License-Identifier: (MIT OR GPL-2.0)
// The second half of linked.el.o: static names that functions.c has too, and variables of its own.
#include "headers/bpf.h"

static u64 steps;
u64 visits;
const volatile u32 weight = 4;

static noinline int leaf(u32 value) {
  return value * 3;
}

noinline int weigh(u32 value) {
  return leaf(value) + weight;
}

SEC("xdp")
int call_own_leaf(void *ctx) {
  visits += steps++;
  return weigh((u64)ctx) + leaf(3);
}
