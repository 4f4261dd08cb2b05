// SPDX-License-Identifier: (MIT OR GPL-2.0)
// CO-RE relocations: fields read directly and by probe, bitfields, sizes, existence, enum values.
#include "headers/bpf.h"

struct list {
  struct list *next;
} core;

struct task_struct {
  int pid;
  int tgid;
  struct task_struct *real_parent;
  char comm[16];
  unsigned in_execve : 1;
  struct {
    int nested;
    struct list list;
  } part[2];
} core;

struct gone___v1 {
  int field;
} core;

enum flavour { FLAVOUR_ONE = 1, FLAVOUR_TWO = 2 };

u64 results[8];

SEC("tp_btf/sched_switch")
int read_direct(u64 *ctx) {
  struct task_struct *task = (void *)ctx[1];
  results[0] = task->pid;
  results[1] = task->real_parent->tgid;
  results[2] = task->part[1].nested;
  results[3] = task->in_execve;
  return 0;
}

SEC("raw_tp/sched_switch")
int read_probed(u64 *ctx) {
  struct task_struct *task = (void *)bpf_get_current_task();
  int tgid = 0;
  bpf_probe_read_kernel(&tgid, sizeof(tgid), __builtin_preserve_access_index(&task->tgid));
  results[4] = tgid + __builtin_preserve_field_info(task->comm, 0);
  if (__builtin_preserve_field_info(((struct gone___v1 *)0)->field, 2)) results[5] = 1;
  results[6] = __builtin_preserve_type_info(*(struct task_struct *)0, 1);
  results[7] = __builtin_preserve_enum_value(*(typeof(enum flavour) *)FLAVOUR_TWO, 1);
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
