// SPDX-License-Identifier: (MIT OR GPL-2.0)
// Fields of types that every kernel has, to be relocated to the running one.
#define SEC(name) __attribute__((section(name), used))
#define CORE __attribute__((preserve_access_index))

struct mm_struct {
  unsigned long start_stack;
  unsigned long arg_start;
} CORE;

struct task_struct {
  struct task_struct *real_parent;
  int tgid;
  struct mm_struct *mm;
  char comm[16];
} CORE;

struct linux_binprm {
  int argc;
  const char *filename;
} CORE;

enum bpf_map_type { BPF_MAP_TYPE_RINGBUF = 1 };

SEC("raw_tp/fields")
unsigned long fields(unsigned long *ctx) {
  struct task_struct *task = (void *)ctx[0];
  struct linux_binprm *binprm = (void *)ctx[1];
  unsigned long sum = (unsigned long)task->real_parent;
  sum += task->tgid;
  sum += (unsigned long)task->mm;
  sum += task->mm->start_stack;
  sum += task->mm->arg_start;
  sum += task->comm[5];
  sum += binprm->argc;
  sum += (unsigned long)binprm->filename;
  sum += __builtin_preserve_enum_value(*(typeof(enum bpf_map_type) *)BPF_MAP_TYPE_RINGBUF, 1);
  sum += __builtin_preserve_type_info(*(struct task_struct *)0, 1);
  return sum;
}

char LICENSE[] SEC("license") = "GPL";
