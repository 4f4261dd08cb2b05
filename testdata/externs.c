// SPDX-License-Identifier: (MIT OR GPL-2.0)
// A setting of the kernel's configuration.
#include "headers/bpf.h"

extern u32 CONFIG_HZ __attribute__((section(".kconfig"))) weak;

SEC("socket")
int read_config(void *ctx) {
  return CONFIG_HZ;
}

char LICENSE[] SEC("license") = "GPL";
