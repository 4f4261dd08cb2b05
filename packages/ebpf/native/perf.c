/* Buffers of perf events: a page of positions, then the data, in which records wrap around the end. */
#include "addon.h"

napi_value call_perf_open(napi_env env, napi_callback_info info) {
  struct call call;
  uint64_t pages;
  int fd;
  if (!call_begin(env, info, &call) || !arg_fd(&call, 0, &fd) || !arg_size(&call, 1, &pages)) return NULL;
  const struct instance *instance = call_instance(&call);
  const size_t page = instance->page_size;
  /* No memory holds as many; the sum below must not overflow. */
  if (!is_power_of_two(pages) || pages > UINT32_MAX) return give(&call, -EINVAL);
  struct memory *ring = memory_new(HANDLE_PERF);
  if (ring == NULL) return give(&call, -ENOMEM);
  int status = map_area(&ring->areas[0], fd, (1 + pages) * page, PROT_READ | PROT_WRITE, MAP_SHARED, 0);
  if (status < 0) {
    memory_free(ring);
    return give(&call, status);
  }
  uint8_t *start = ring->areas[0].start;
  ring->consumer = (uint64_t *)(void *)(start + PERF_DATA_TAIL);
  ring->producer = (uint64_t *)(void *)(start + PERF_DATA_HEAD);
  ring->data = start + page;
  ring->size = pages * page;
  return give_memory(&call, ring);
}

/* Copies `length` bytes that start at a position of the ring, in two parts when they wrap. */
static void copy_out(const struct memory *ring, uint64_t position, void *out, size_t length) {
  const uint64_t offset = position & (ring->size - 1);
  const size_t before_end = ring->size - offset;
  const size_t first = length < before_end ? length : before_end;
  memcpy(out, ring->data + offset, first);
  memcpy((uint8_t *)out + first, ring->data, length - first);
}

/* The part of a record that is given: bytes from `skip` after its start. Returns 0 or -EIO. */
static int record_payload(const struct memory *ring, uint64_t position, const struct perf_event_header *header,
                          uint64_t *skip, uint32_t *length) {
  *skip = sizeof(*header);
  *length = header->size - (uint32_t)sizeof(*header);
  switch (header->type) {
    case PERF_RECORD_SAMPLE:
      /* { header, u32 size, char data[size] }: the event asks for PERF_SAMPLE_RAW alone. */
      if (*length < sizeof(uint32_t)) return -EIO;
      uint32_t size;
      copy_out(ring, position + *skip, &size, sizeof(size));
      if (size > *length - sizeof(size)) return -EIO;
      *skip += sizeof(size);
      *length = size;
      return 0;
    case PERF_RECORD_LOST:
      /* { header, u64 id, u64 lost, ... } */
      if (*length < 2 * sizeof(uint64_t)) return -EIO;
      *skip += sizeof(uint64_t);
      *length = sizeof(uint64_t);
      return 0;
    default:
      return 0;
  }
}

static int64_t perf_drain(struct memory *ring, struct view out, uint64_t max_records) {
  /* Only this side writes the tail; the head's acquire makes the records before it visible. */
  const uint64_t start = __atomic_load_n(ring->consumer, __ATOMIC_RELAXED);
  const uint64_t head = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
  int64_t end = 0; /* what to return when nothing was copied */
  size_t used = 0;
  if (head - start > ring->size || (start & 7) != 0 || (head & 7) != 0) return -EIO;

  uint64_t tail = start;
  for (uint64_t records = 0; tail != head && records < max_records; records++) {
    struct perf_event_header header;
    uint64_t skip;
    uint32_t length;
    copy_out(ring, tail, &header, sizeof(header));
    if (header.size < sizeof(header) || header.size % 8 != 0 || header.size > head - tail ||
        record_payload(ring, tail, &header, &skip, &length) < 0) {
      end = -EIO;
      break;
    }
    const size_t needed = packed_size(length);
    if (needed > out.length - used) {
      end = drain_needs(needed);
      break;
    }
    copy_out(ring, tail + skip, put_record(out.bytes + used, length, header.type), length);
    used += needed;
    tail += header.size;
  }
  /* After the copy: the kernel may overwrite what lies before the tail. */
  if (tail != start) __atomic_store_n(ring->consumer, tail, __ATOMIC_RELEASE);
  return used != 0 ? (int64_t)used : end;
}

napi_value call_perf_drain(napi_env env, napi_callback_info info) {
  struct call call;
  struct memory *ring;
  struct view out;
  uint64_t max_records;
  if (!call_begin(env, info, &call) || (ring = arg_memory(&call, 0, HANDLE_PERF)) == NULL ||
      !arg_view(&call, 1, &out) || !arg_size(&call, 2, &max_records)) {
    return NULL;
  }
  return give(&call, ring->base.is_closed ? -EBADF : perf_drain(ring, out, max_records));
}
