// SPDX-License-Identifier: (MIT OR GPL-2.0)
// The few declarations of BPF programs that the objects here need.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;

#define SEC(name) __attribute__((section(name), used))
#define noinline __attribute__((noinline))
#define weak __attribute__((weak))
#define hidden __attribute__((visibility("hidden")))
#define core __attribute__((preserve_access_index))

// Members of a map's definition: its numbers are sizes of arrays, its types are targets of pointers.
#define NUMBER(name, value) int(*name)[value]
#define TYPE(name, type) typeof(type) *name
#define ARRAY(name, type) typeof(type) *name[]
#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)
#define NUMBER64(name, value) enum { JOIN(number64_, __COUNTER__) = value } name

enum { MAP_HASH = 1, MAP_ARRAY = 2, MAP_PROG_ARRAY = 3, MAP_PERF_EVENT_ARRAY = 4, MAP_PERCPU_HASH = 5, MAP_PERCPU_ARRAY = 6,
       MAP_STACK_TRACE = 7, MAP_LRU_HASH = 9, MAP_LPM_TRIE = 11, MAP_ARRAY_OF_MAPS = 12, MAP_RINGBUF = 27, MAP_BLOOM_FILTER = 30,
       MAP_ARENA = 33 };

static void *(*bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static long (*bpf_map_update_elem)(void *map, const void *key, const void *value, u64 flags) = (void *)2;
static u64 (*bpf_ktime_get_ns)(void) = (void *)5;
static long (*bpf_trace_printk)(const char *format, u32 size, ...) = (void *)6;
static u64 (*bpf_get_current_pid_tgid)(void) = (void *)14;
static long (*bpf_get_current_comm)(void *to, u32 size) = (void *)16;
static long (*bpf_perf_event_output)(void *ctx, void *map, u64 flags, void *data, u64 size) = (void *)25;
static u64 (*bpf_get_current_task)(void) = (void *)35;
static long (*bpf_probe_read_kernel)(void *to, u32 size, const void *from) = (void *)113;
static void *(*bpf_ringbuf_reserve)(void *map, u64 size, u64 flags) = (void *)131;
static void (*bpf_ringbuf_submit)(void *data, u64 flags) = (void *)132;
static long (*bpf_for_each_map_elem)(void *map, void *callback, void *context, u64 flags) = (void *)164;
static long (*bpf_loop)(u32 count, void *callback, void *context, u64 flags) = (void *)181;
