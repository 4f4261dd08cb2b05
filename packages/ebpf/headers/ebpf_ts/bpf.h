/* SPDX-License-Identifier: MIT */
/*
 * What a BPF program in C needs from its environment, and no more: integer types, map definitions, section names, field
 * access that is relocated at load, and the helpers of everyday tracing. libbpf's bpf_helpers.h may be used in its place.
 */
#ifndef EBPF_TS_BPF_H
#define EBPF_TS_BPF_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef _Bool bool;
#define true 1
#define false 0
#define NULL ((void *)0)

#define SEC(name) __attribute__((section(name), used))
#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
#define __noinline __attribute__((noinline))

/* Members of a map definition in section ".maps". */
#define __uint(name, val) int(*name)[val]
#define __type(name, val) typeof(val) *name

/* On a declaration of a kernel type: its field offsets are those of the running kernel, however few are declared. */
#define KERNEL_TYPE __attribute__((preserve_access_index))

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PROG_ARRAY = 3,
	BPF_MAP_TYPE_PERF_EVENT_ARRAY = 4,
	BPF_MAP_TYPE_PERCPU_HASH = 5,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_CGROUP_ARRAY = 8,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};

/* Map creation and element flags. */
#define BPF_F_NO_PREALLOC (1U << 0)
#define BPF_ANY 0
#define BPF_NOEXIST 1
#define BPF_EXIST 2

/* Flags of perf and ring buffer output. */
#define BPF_F_CURRENT_CPU 0xffffffffULL
#define BPF_RB_NO_WAKEUP (1ULL << 0)
#define BPF_RB_FORCE_WAKEUP (1ULL << 1)

/* Helpers, by their numbers in the kernel's ABI. */
static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*const bpf_map_update_elem)(void *map, const void *key, const void *value, __u64 flags) = (void *)2;
static long (*const bpf_map_delete_elem)(void *map, const void *key) = (void *)3;
static __u64 (*const bpf_ktime_get_ns)(void) = (void *)5;
static __u32 (*const bpf_get_smp_processor_id)(void) = (void *)8;
static __u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static __u64 (*const bpf_get_current_uid_gid)(void) = (void *)15;
static long (*const bpf_get_current_comm)(void *buf, __u32 size) = (void *)16;
static long (*const bpf_perf_event_output)(void *ctx, void *map, __u64 flags, void *data, __u64 size) = (void *)25;
static __u64 (*const bpf_get_current_task)(void) = (void *)35;
static long (*const bpf_current_task_under_cgroup)(void *map, __u32 index) = (void *)37;
static long (*const bpf_probe_read_user)(void *dst, __u32 size, const void *from) = (void *)112;
static long (*const bpf_probe_read_kernel)(void *dst, __u32 size, const void *from) = (void *)113;
static long (*const bpf_probe_read_user_str)(void *dst, __u32 size, const void *from) = (void *)114;
static long (*const bpf_probe_read_kernel_str)(void *dst, __u32 size, const void *from) = (void *)115;
static long (*const bpf_ringbuf_output)(void *ring, void *data, __u64 size, __u64 flags) = (void *)130;
static void *(*const bpf_ringbuf_reserve)(void *ring, __u64 size, __u64 flags) = (void *)131;
static void (*const bpf_ringbuf_submit)(void *data, __u64 flags) = (void *)132;
static void (*const bpf_ringbuf_discard)(void *data, __u64 flags) = (void *)133;

/* Value of a field of a KERNEL_TYPE, read safely; 0 when it can't be read. */
#define KERNEL_READ(from, field)                                                                      \
	({                                                                                            \
		typeof((from)->field) read_value = 0;                                                 \
		bpf_probe_read_kernel(&read_value, sizeof(read_value),                                \
				      __builtin_preserve_access_index(&(from)->field));               \
		read_value;                                                                           \
	})

/* Bytes from the start of a KERNEL_TYPE to its field. */
#define KERNEL_OFFSET(type, field) __builtin_preserve_field_info(((type *)0)->field, 0)

/* Context of a raw tracepoint: its arguments as the kernel passes them. */
struct bpf_raw_tracepoint_args {
	__u64 args[0];
};

#endif
