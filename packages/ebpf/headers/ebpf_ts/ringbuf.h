/* SPDX-License-Identifier: MIT */
/*
 * A ring buffer that tells what it lost. The kernel counts no failed reserve: only the program sees it. COUNTED_RINGBUF defines
 * the ring NAME and beside it the per-CPU array NAME_lost; the wrappers count each failure in it, and the library's reader
 * finds it by that name, so that produced = received + lost. Include after ebpf_ts/bpf.h or libbpf's bpf_helpers.h.
 */
#ifndef EBPF_TS_RINGBUF_H
#define EBPF_TS_RINGBUF_H

/* size_bytes: a power of two and a multiple of the page size; it can be changed before load. */
#define COUNTED_RINGBUF(name, size_bytes)                          \
	struct {                                                   \
		__uint(type, BPF_MAP_TYPE_RINGBUF);                \
		__uint(max_entries, size_bytes);                   \
	} name SEC(".maps");                                       \
	struct {                                                   \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);           \
		__uint(max_entries, 1);                            \
		__type(key, __u32);                                \
		__type(value, __u64);                              \
	} name##_lost SEC(".maps")

static __attribute__((always_inline)) inline void ringbuf_count_lost(void *lost_map)
{
	__u32 zero = 0;
	__u64 *lost = bpf_map_lookup_elem(lost_map, &zero);

	if (lost)
		__sync_fetch_and_add(lost, 1);
}

/* As bpf_ringbuf_reserve: NULL when there is no room, and then counted. */
#define ringbuf_reserve(name, size, flags)                                 \
	({                                                                 \
		void *reserved = bpf_ringbuf_reserve(&name, size, flags);  \
		if (!reserved)                                             \
			ringbuf_count_lost(&name##_lost);                  \
		reserved;                                                  \
	})

/* As bpf_ringbuf_output: 0, or negative when there is no room, and then counted. */
#define ringbuf_output(name, data, size, flags)                                    \
	({                                                                         \
		long output_error = bpf_ringbuf_output(&name, data, size, flags);  \
		if (output_error)                                                  \
			ringbuf_count_lost(&name##_lost);                          \
		output_error;                                                      \
	})

#endif
