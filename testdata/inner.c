// SPDX-License-Identifier: (MIT OR GPL-2.0)
// A map of maps, with its first entry in the definition.
#include "headers/bpf.h"

struct inner {
  NUMBER(type, MAP_ARRAY);
  NUMBER(max_entries, 1);
  TYPE(key, u32);
  TYPE(value, u32);
} first SEC(".maps");

struct {
  NUMBER(type, MAP_ARRAY_OF_MAPS);
  NUMBER(max_entries, 4);
  TYPE(key, u32);
  ARRAY(values, struct inner);
} outer SEC(".maps") = {.values = {[1] = &first}};

char LICENSE[] SEC("license") = "GPL";
