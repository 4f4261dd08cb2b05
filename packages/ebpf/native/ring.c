/*
 * Rings of BPF_MAP_TYPE_RINGBUF (the kernel produces) and BPF_MAP_TYPE_USER_RINGBUF (we produce). The map's memory is a
 * page with the consumer's position, a page with the producer's, and the data, mapped twice in a row so that a record
 * never wraps. Each record is a 32-bit length, whose top bits say busy and discard, 4 bytes for the kernel, and the data.
 */
#include "addon.h"

bool is_power_of_two(uint64_t number) { return number != 0 && (number & (number - 1)) == 0; }

static uint64_t round_up_8(uint64_t number) { return (number + 7) & ~UINT64_C(7); }

/* Bytes that a record of `length` takes in a drain's output. */
size_t packed_size(uint32_t length) { return 8 + (size_t)round_up_8(length); }

/* What a drain returns when the first record alone needs `size` bytes of output: below every -errno. */
int64_t drain_needs(size_t size) { return -((int64_t)size + (INT64_C(1) << 31)); }

/* Writes a packed record's header and the zeros behind its data. Returns where the data goes. */
uint8_t *put_record(uint8_t *out, uint32_t length, uint32_t type) {
  const uint32_t header[2] = {length, type};
  /* The last word as a whole: the data, copied afterwards, covers all but the padding. */
  memset(out + packed_size(length) - 8, 0, 8);
  memcpy(out, header, sizeof(header));
  return out + sizeof(header);
}

/* Maps both parts of a ring; which of them may be written to is the kernel's rule for its kind. */
static napi_value ring_open(napi_env env, napi_callback_info info, enum handle_kind kind, int consumer_prot,
                            int producer_prot) {
  struct call call;
  uint64_t size;
  int fd;
  if (!call_begin(env, info, &call) || !arg_fd(&call, 0, &fd) || !arg_size(&call, 1, &size)) return NULL;
  /* The kernel sizes a ring in 32 bits. */
  if (!is_power_of_two(size) || size > UINT32_MAX) return give(&call, -EINVAL);
  const struct instance *instance = call_instance(&call);
  const size_t page = instance->page_size;
  struct memory *ring = memory_new(kind);
  if (ring == NULL) return give(&call, -ENOMEM);
  int status = map_area(&ring->areas[0], fd, page, consumer_prot, MAP_SHARED, 0);
  if (status == 0) status = map_area(&ring->areas[1], fd, page + 2 * size, producer_prot, MAP_SHARED, page);
  if (status < 0) {
    memory_free(ring);
    return give(&call, status);
  }
  ring->consumer = ring->areas[0].start;
  ring->producer = ring->areas[1].start;
  ring->data = (uint8_t *)ring->areas[1].start + page;
  ring->size = size;
  return give_memory(&call, ring);
}

napi_value call_ring_open(napi_env env, napi_callback_info info) {
  return ring_open(env, info, HANDLE_RING, PROT_READ | PROT_WRITE, PROT_READ);
}

/* Reads both positions and returns 0, or -EIO when they can't be those of a ring: others may map its consumer page too. */
static int ring_positions(const struct memory *ring, uint64_t *consumer, uint64_t *producer) {
  *consumer = __atomic_load_n(ring->consumer, __ATOMIC_ACQUIRE);
  *producer = __atomic_load_n(ring->producer, __ATOMIC_ACQUIRE);
  return *producer - *consumer > ring->size || (*consumer & 7) != 0 || (*producer & 7) != 0 ? -EIO : 0;
}

static int64_t ring_drain(struct memory *ring, struct view out, uint64_t max_records) {
  uint64_t start, producer;
  int64_t end = 0; /* what to return when nothing was copied */
  size_t used = 0;
  int status = ring_positions(ring, &start, &producer);
  if (status < 0) return status;

  uint64_t consumer = start;
  for (uint64_t records = 0; consumer != producer && records < max_records;) {
    const uint8_t *record = ring->data + (consumer & (ring->size - 1));
    /* Pairs with the kernel's exchange on commit: the data is there when the busy bit is gone. */
    const uint32_t word = __atomic_load_n((const uint32_t *)(const void *)record, __ATOMIC_ACQUIRE);
    const uint32_t length = word & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
    const uint64_t taken = round_up_8(BPF_RINGBUF_HDR_SZ + (uint64_t)length);
    if ((word & BPF_RINGBUF_BUSY_BIT) != 0) break;
    if (taken > producer - consumer) {
      end = -EIO;
      break;
    }
    if ((word & BPF_RINGBUF_DISCARD_BIT) == 0) {
      const size_t needed = packed_size(length);
      if (needed > out.length - used) {
        end = drain_needs(needed);
        break;
      }
      memcpy(put_record(out.bytes + used, length, 0), record + BPF_RINGBUF_HDR_SZ, length);
      used += needed;
      records++;
    }
    consumer += taken;
  }
  /* Once for the batch, after its copy: the kernel may overwrite what lies before this position. */
  if (consumer != start) __atomic_store_n(ring->consumer, consumer, __ATOMIC_RELEASE);
  return used != 0 ? (int64_t)used : end;
}

napi_value call_ring_drain(napi_env env, napi_callback_info info) {
  struct call call;
  struct memory *ring;
  struct view out;
  uint64_t max_records;
  if (!call_begin(env, info, &call) || (ring = arg_memory(&call, 0, HANDLE_RING)) == NULL ||
      !arg_view(&call, 1, &out) || !arg_size(&call, 2, &max_records)) {
    return NULL;
  }
  return give(&call, ring->base.is_closed ? -EBADF : ring_drain(ring, out, max_records));
}

napi_value call_ring_available(napi_env env, napi_callback_info info) {
  struct call call;
  struct memory *ring;
  uint64_t consumer, producer;
  if (!call_begin(env, info, &call) || (ring = arg_memory(&call, 0, HANDLE_RING)) == NULL) return NULL;
  if (ring->base.is_closed) return give(&call, -EBADF);
  int status = ring_positions(ring, &consumer, &producer);
  return give(&call, status < 0 ? status : (int64_t)(producer - consumer));
}

napi_value call_user_ring_open(napi_env env, napi_callback_info info) {
  return ring_open(env, info, HANDLE_USER_RING, PROT_READ, PROT_READ | PROT_WRITE);
}

static int user_ring_submit(struct memory *ring, struct view sample) {
  uint64_t consumer, producer;
  int status = ring_positions(ring, &consumer, &producer);
  if (status < 0) return status;
  /* In this order: a length near 2^64 can't overflow the sum below. */
  if (sample.length > ring->size - BPF_RINGBUF_HDR_SZ) return -E2BIG;
  const uint64_t taken = round_up_8(BPF_RINGBUF_HDR_SZ + (uint64_t)sample.length);
  if (taken > ring->size - (producer - consumer)) return -ENOSPC;
  const uint32_t header[2] = {(uint32_t)sample.length, 0};
  uint8_t *record = ring->data + (producer & (ring->size - 1));
  memcpy(record, header, sizeof(header));
  if (sample.length != 0) memcpy(record + sizeof(header), sample.bytes, sample.length);
  /* The busy bit isn't needed: until this store the kernel doesn't look at the record. */
  __atomic_store_n(ring->producer, producer + taken, __ATOMIC_RELEASE);
  return 0;
}

napi_value call_user_ring_submit(napi_env env, napi_callback_info info) {
  struct call call;
  struct memory *ring;
  struct view sample;
  if (!call_begin(env, info, &call) || (ring = arg_memory(&call, 0, HANDLE_USER_RING)) == NULL ||
      !arg_view(&call, 1, &sample)) {
    return NULL;
  }
  return give(&call, ring->base.is_closed ? -EBADF : user_ring_submit(ring, sample));
}
