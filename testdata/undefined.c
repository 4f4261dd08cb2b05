// SPDX-License-Identifier: (MIT OR GPL-2.0)
// A call of a function that is defined in another object.
#include "headers/bpf.h"

int elsewhere(int value);

SEC("socket")
int call_elsewhere(void *ctx) {
  return elsewhere(1);
}

char LICENSE[] SEC("license") = "GPL";
