// SPDX-License-Identifier: (MIT OR GPL-2.0)
// CO-RE relocations of every kind, against the types of target.c. A program a theme.
#define SEC(name) __attribute__((section(name), used))
#define CORE __attribute__((preserve_access_index))
#define field_info(access, kind) __builtin_preserve_field_info(access, kind)
#define byte_offset(access) field_info(access, 0)
#define byte_size(access) field_info(access, 1)
#define exists(access) field_info(access, 2)
#define is_signed(access) field_info(access, 3)
#define lshift(access) field_info(access, 4)
#define rshift(access) field_info(access, 5)
#define type_id_local(type) __builtin_btf_type_id(*(typeof(type) *)0, 0)
#define type_id_target(type) __builtin_btf_type_id(*(typeof(type) *)0, 1)
#define type_exists(type) __builtin_preserve_type_info(*(typeof(type) *)0, 0)
#define type_size(type) __builtin_preserve_type_info(*(typeof(type) *)0, 1)
#define type_matches(type) __builtin_preserve_type_info(*(typeof(type) *)0, 2)
#define value_exists(type, value) __builtin_preserve_enum_value(*(typeof(type) *)value, 0)
#define value_of(type, value) __builtin_preserve_enum_value(*(typeof(type) *)value, 1)

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

struct point {
  int x, y;
} CORE;

struct task {
  u32 id;
  int priority;
  u32 grown;
  int widened;
  struct task *parent;
  struct {
    u64 start;
    union {
      u32 low;
      u16 half;
    };
  };
  struct point corners[4];
  char comm[16];
  u32 flag : 1;
  u32 mode : 3;
  int level : 5;
  u64 wide : 40;
  struct point *origin;
  int gone;
  const volatile u32 qualified;
  u8 tail[];
} CORE;

// The flavour doesn't count.
struct task___renamed {
  u32 new_id;
  u32 id;
} CORE;

struct absent {
  int field;
} CORE;

// Two of them in the target: one has all of the fields.
struct twin {
  int first;
  int second;
} CORE;

typedef struct {
  int inside;
  int other;
} CORE alias_t;

typedef int (*callback_t)(struct point *, int);
typedef u64 number_t;

struct matching {
  int a;
  struct point *pointer;
} CORE;

struct mismatching {
  int a;
  u64 b;
} CORE;

union both {
  int small;
  u64 large;
} CORE;

enum state { STATE_IDLE = 1, STATE_BUSY = 2, STATE_GONE = 3, STATE_NEGATIVE = -7 };
enum big { BIG_ONE = 0x100000000ull, BIG_MAX = 0xffffffffffffffffull };
enum state___old { STATE_BUSY___old = 9 };

SEC("raw_tp/direct")
u64 direct(u64 *ctx) {
  struct task *task = (void *)ctx[0];
  u64 sum = task->id;
  sum += task->priority;
  sum += task->parent->id;
  sum += task->start;
  sum += task->low;
  sum += task->half;
  sum += task->corners[2].y;
  sum += task->comm[3];
  sum += task->origin->y;
  sum += task->qualified;
  sum += task->tail[9];
  return sum;
}

SEC("raw_tp/resized")
u64 resized(u64 *ctx) {
  struct task *task = (void *)ctx[0];
  return task->grown;
}

SEC("raw_tp/sign")
u64 sign(u64 *ctx) {
  struct task *task = (void *)ctx[0];
  return task->widened;
}

SEC("raw_tp/missing")
u64 missing(u64 *ctx) {
  struct task *task = (void *)ctx[0];
  u64 sum = 0;
  if (exists(task->gone)) sum += task->gone;
  if (exists(task->priority)) sum += 1;
  if (exists(((struct absent *)0)->field)) sum += byte_offset(((struct absent *)0)->field);
  return sum;
}

SEC("raw_tp/stored")
u64 stored(u64 *ctx) {
  struct task *task = (void *)ctx[0];
  task->priority = 5;
  task->start = ctx[1];
  return 0;
}

SEC("raw_tp/offsets")
u64 offsets(u64 *ctx) {
  struct task *task = (void *)ctx[0];
  u64 sum = byte_offset(task->parent);
  sum = sum * 3 + byte_offset(task->corners[3].x);
  sum = sum * 3 + byte_size(task->comm);
  sum = sum * 3 + byte_size(task->grown);
  sum = sum * 3 + byte_size(task->corners[1]);
  sum = sum * 3 + is_signed(task->priority);
  sum = sum * 3 + is_signed(task->id);
  sum = sum * 3 + byte_offset(((union both *)0)->large);
  return sum;
}

SEC("raw_tp/bits")
u64 bits(u64 *ctx) {
  struct task *task = (void *)ctx[0];
  u64 sum = byte_offset(task->mode);
  sum = sum * 3 + byte_size(task->mode);
  sum = sum * 3 + lshift(task->mode);
  sum = sum * 3 + rshift(task->mode);
  sum = sum * 3 + is_signed(task->level);
  sum = sum * 3 + lshift(task->level);
  sum = sum * 3 + rshift(task->level);
  sum = sum * 3 + lshift(task->flag);
  sum = sum * 3 + byte_offset(task->wide);
  sum = sum * 3 + byte_size(task->wide);
  sum = sum * 3 + lshift(task->wide);
  sum = sum * 3 + rshift(task->wide);
  sum = sum * 3 + lshift(task->id);
  sum = sum * 3 + rshift(task->id);
  return sum;
}

SEC("raw_tp/flavours")
u64 flavours(u64 *ctx) {
  struct task___renamed *task = (void *)ctx[0];
  if (exists(task->new_id)) return task->new_id;
  return task->id;
}

SEC("raw_tp/twins")
u64 twins(u64 *ctx) {
  struct twin *twin = (void *)ctx[0];
  return twin->second + twin->first;
}

SEC("raw_tp/aliases")
u64 aliases(u64 *ctx) {
  alias_t *alias = (void *)ctx[0];
  return alias->other;
}

SEC("raw_tp/types")
u64 types(u64 *ctx) {
  u64 sum = type_exists(struct task);
  sum = sum * 3 + type_exists(struct absent);
  sum = sum * 3 + type_exists(enum state);
  sum = sum * 3 + type_exists(callback_t);
  sum = sum * 3 + type_exists(number_t);
  sum = sum * 3 + type_size(struct task);
  sum = sum * 3 + type_size(struct absent);
  sum = sum * 3 + type_size(union both);
  sum = sum * 3 + type_size(alias_t);
  sum = sum * 3 + type_id_local(struct point);
  sum = sum * 3 + type_id_target(struct point);
  sum = sum * 3 + type_id_target(struct absent);
  return sum;
}

SEC("raw_tp/matches")
u64 matches(u64 *ctx) {
  u64 sum = type_matches(struct matching);
  sum = sum * 3 + type_matches(struct mismatching);
  sum = sum * 3 + type_matches(struct point);
  sum = sum * 3 + type_matches(struct absent);
  sum = sum * 3 + type_matches(callback_t);
  sum = sum * 3 + type_matches(enum state);
  sum = sum * 3 + type_matches(enum big);
  return sum;
}

SEC("raw_tp/enumerators")
u64 enumerators(u64 *ctx) {
  u64 sum = value_exists(enum state, STATE_BUSY);
  sum = sum * 3 + value_of(enum state, STATE_BUSY);
  sum = sum * 3 + value_exists(enum state, STATE_GONE);
  sum = sum * 3 + value_of(enum state, STATE_NEGATIVE);
  sum = sum * 3 + value_of(enum state___old, STATE_BUSY___old);
  sum = sum * 3 + value_of(enum big, BIG_ONE);
  if (value_exists(enum state, STATE_GONE)) sum += value_of(enum state, STATE_GONE);
  return sum;
}

char LICENSE[] SEC("license") = "GPL";
