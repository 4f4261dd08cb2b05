// SPDX-License-Identifier: (MIT OR GPL-2.0)
// A map definition with a number of 64 bits, which an enumerator holds.
#include "headers/bpf.h"

struct {
  NUMBER(type, MAP_ARENA);
  NUMBER(max_entries, 10);
  NUMBER(map_flags, 0x400);
  NUMBER64(map_extra, 0x100000000000ull);
} arena SEC(".maps");

char LICENSE[] SEC("license") = "GPL";
