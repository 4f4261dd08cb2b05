// SPDX-License-Identifier: MIT
// Writes numbered records to a ring buffer and to a perf event array for each call of one system call by one process.
#include "../packages/ebpf/headers/ebpf_ts/bpf.h"
#include "../packages/ebpf/headers/ebpf_ts/ringbuf.h"

#define MAX_RECORDS 1024
#define MAX_BYTES 512

const volatile __u32 wanted_pid = 0;
const volatile __u64 wanted_syscall = 0;
const volatile __u32 records_per_call = 1;
const volatile __u32 record_bytes = 16;

__u64 produced = 0;

COUNTED_RINGBUF(events, 64 * 1024);

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
} uncounted SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERF_EVENT_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
} samples SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 4);
	__type(key, __u32);
	__type(value, __u64);
} calls SEC(".maps");

struct record {
	__u64 number;
	__u32 cpu;
	__u32 size;
	char rest[MAX_BYTES - 16];
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct record);
} scratch SEC(".maps");

static __always_inline struct record *begin(__u64 syscall)
{
	__u32 zero = 0;

	if (bpf_get_current_pid_tgid() >> 32 != wanted_pid || syscall != wanted_syscall)
		return NULL;
	return bpf_map_lookup_elem(&scratch, &zero);
}

static __always_inline __u64 fill(struct record *record)
{
	record->number = __sync_fetch_and_add(&produced, 1);
	record->cpu = bpf_get_smp_processor_id();
	record->size = record_bytes;
	return record_bytes & (MAX_BYTES - 1);
}

/* Not static: the verifier looks at it once, not in each turn of the loop. */
__noinline int emit_one(void)
{
	__u32 zero = 0;
	struct record *record = bpf_map_lookup_elem(&scratch, &zero);
	__u64 size;

	if (!record)
		return 0;
	size = fill(record);
	return ringbuf_output(events, record, size, 0);
}

SEC("raw_tp/sys_enter")
int emit_ring(struct bpf_raw_tracepoint_args *ctx)
{
	struct record *record = begin(ctx->args[1]);
	__u32 i, key = 0;
	__u64 one = 1, *count;

	if (!record)
		return 0;
	count = bpf_map_lookup_elem(&calls, &key);
	if (count)
		*count += 1;
	else
		bpf_map_update_elem(&calls, &key, &one, BPF_ANY);
	for (i = 0; i < MAX_RECORDS && i < records_per_call; i++)
		emit_one();
	return 0;
}

SEC("?raw_tp/sys_enter")
int emit_uncounted(struct bpf_raw_tracepoint_args *ctx)
{
	struct record *record = begin(ctx->args[1]);
	__u64 size;

	if (!record)
		return 0;
	size = fill(record);
	bpf_ringbuf_output(&uncounted, record, size, 0);
	return 0;
}

SEC("?raw_tp/sys_enter")
int emit_perf(struct bpf_raw_tracepoint_args *ctx)
{
	struct record *record = begin(ctx->args[1]);
	__u64 size;
	__u32 i;

	if (!record)
		return 0;
	for (i = 0; i < MAX_RECORDS && i < records_per_call; i++) {
		size = fill(record);
		bpf_perf_event_output(ctx, &samples, BPF_F_CURRENT_CPU, record, size);
	}
	return 0;
}


SEC("?tracepoint/syscalls/sys_enter_getuid")
int count_getuid(void *ctx)
{
	__u32 key = 1;
	__u64 one = 1, *count;

	if (bpf_get_current_pid_tgid() >> 32 != wanted_pid)
		return 0;
	count = bpf_map_lookup_elem(&calls, &key);
	if (count)
		*count += 1;
	else
		bpf_map_update_elem(&calls, &key, &one, BPF_ANY);
	return 0;
}

SEC("?tracepoint/syscalls/no_such_tracepoint")
int nowhere(void *ctx)
{
	return 0;
}

/* Refused by every verifier: a hash may have no such element. */
SEC("?raw_tp/sys_enter")
int refused(struct bpf_raw_tracepoint_args *ctx)
{
	__u32 key = ctx->args[1];
	__u64 *count = bpf_map_lookup_elem(&calls, &key);

	return *count;
}

char LICENSE[] SEC("license") = "Dual MIT/GPL";
