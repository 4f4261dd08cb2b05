// SPDX-License-Identifier: (MIT OR GPL-2.0)
// Global variables of every kind that a program's user may set, and tables that only the program sees.
#include "headers/bpf.h"

enum mode { MODE_OFF = 0, MODE_COUNT = 1, MODE_TRACE = 7 };
enum offset { OFFSET_BACK = -4, OFFSET_NONE = 0, OFFSET_AHEAD = 4 };
enum wide { WIDE_ONE = 1, WIDE_TOP = 0x100000000ull };
struct pair {
  u32 first;
  u16 second;
};
typedef u32 pid_type;

const volatile pid_type targ_uid = 0xffffffff;
const volatile _Bool is_quiet = 1;
const volatile u8 small = 200;
const volatile s8 small_signed = -100;
const volatile u16 medium = 50000;
const volatile s16 medium_signed = -30000;
const volatile s32 word_signed = -2000000000;
const volatile u64 min_us = 10000000000ull;
const volatile s64 shift = -10000000000ll;
const volatile enum mode mode = MODE_COUNT;
const volatile enum offset direction = OFFSET_BACK;
const volatile enum wide wide = WIDE_TOP;
const volatile char name[16] = "ebpf";
const volatile u8 address[4] = {127, 0, 0, 1};

u64 initialised = 42;
struct pair pair = {.first = 1, .second = 2};
u64 total;
u32 histogram[32];
static u64 private_total;
static u32 private_start = 5;
hidden u32 hidden_total;
weak u32 weak_total;
u32 custom SEC(".data.custom") = 9;
const volatile u32 custom_constant SEC(".rodata.custom") = 11;

static const u32 weights[16] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};

SEC("raw_tp/sys_enter")
int count_syscall(u64 *ctx) {
  u64 id = ctx[1];
  if (targ_uid != 0xffffffff && is_quiet) return 0;
  total += weights[id & 15] + small + small_signed + medium + medium_signed + word_signed + custom_constant;
  histogram[id & 31]++;
  private_total += initialised + pair.first + private_start++ + address[id & 3] + name[id & 15];
  hidden_total++;
  weak_total += custom++;
  if (mode == MODE_TRACE && total > min_us + shift && direction != OFFSET_NONE && wide == WIDE_ONE)
    bpf_trace_printk("total %d\n", sizeof("total %d\n"), (u32)private_total);
  return 0;
}

char LICENSE[] SEC("license") = "GPL";
