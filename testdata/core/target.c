// SPDX-License-Identifier: (MIT OR GPL-2.0)
// The types that local.c is relocated to: fields moved, resized, renamed and gone.
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;

struct point {
  long color;
  int x, y;
};

struct task {
  u64 before[5];
  struct task *parent;
  union {
    struct {
      char pad;
      union {
        u16 half;
        u32 low;
      };
      u64 start;
    };
    u64 whole[8];
  };
  u32 id;
  int priority;
  u64 grown;
  long widened;
  struct point corners[6];
  char comm[32];
  u32 filler : 9;
  u32 mode : 4;
  u32 flag : 1;
  int level : 7;
  u64 wide : 44;
  const struct point *origin;
  u32 qualified;
  u8 tail[];
};

struct twin {
  long padding;
  int first;
};

struct twin___second {
  long padding[3];
  int first;
  int second;
};

typedef struct {
  long front;
  int other;
  int inside;
} alias_t;

typedef int (*callback_t)(struct point *, int);
typedef u64 number_t;

struct matching {
  struct point *pointer;
  u64 extra;
  int a;
};

struct mismatching {
  int a;
  u32 b;
};

union both {
  u64 large;
  int small;
  char room[24];
};

enum state { STATE_IDLE = 10, STATE_BUSY = 20, STATE_NEGATIVE = -70, STATE_EXTRA = 30 };
enum big { BIG_ONE = 0x500000000ull, BIG_MAX = 0xffffffffffffffffull, BIG_NEW = 7 };

struct task task;
struct twin twin;
struct twin___second second;
alias_t alias;
callback_t callback;
number_t number;
struct matching matching;
struct mismatching mismatching;
union both both;
enum state state;
enum big big;
