// SPDX-License-Identifier: (MIT OR GPL-2.0)
// A type of every kind.
#define SEC(name) __attribute__((section(name), used))
#define TAG(text) __attribute__((btf_decl_tag(text)))

struct forward;
union forward_union;

struct TAG("whole") every {
  _Bool boolean;
  char character;
  __int128 wide;
  float real;
  double precise;
  const volatile int *restrict qualified;
  struct forward *to_struct;
  union forward_union *to_union;
  int TAG("member") tagged;
  int __attribute__((btf_type_tag("user"))) * user;
  int matrix[3][4];
  unsigned bits : 3;
  long long signed_bits : 33;
  int (*function)(int, const char *, ...);
  struct {
    int nested;
    union {
      long long one;
      int other;
    };
  };
  void *end[];
};

typedef struct every every_t;
enum small { SMALL_LESS = -2, SMALL_MORE = 3 };
enum unsigned_enum { UNSIGNED_TOP = 0xffffffffu };
enum large { LARGE_LESS = -0x7000000000000000ll, LARGE_MORE = 5 };
enum large_unsigned { LARGE_TOP = 0xffffffffffffffffull };
enum byte_enum : unsigned char { BYTE_TOP = 255 };

every_t *every;
enum small small;
enum unsigned_enum unsigned_enum;
enum large large;
enum large_unsigned large_unsigned;
enum byte_enum byte_enum;
static volatile int hidden = 4;
const int constant SEC(".rodata.named") = 9;
extern const int weak_extern __attribute__((section(".kconfig"), weak));
extern int kernel_function(struct every *, int) __attribute__((section(".ksyms"), weak));

__attribute__((noinline)) int global_function(int first TAG("parameter"), struct every *second) {
  return first + second->tagged;
}

static __attribute__((noinline)) int static_function(int value) { return value * hidden; }

SEC("raw_tp/kinds")
int program(void *ctx) {
  int sum = global_function(3, every) + static_function(4) + weak_extern;
  if (kernel_function) sum += kernel_function(every, 2);
  return sum + (int)small + (int)unsigned_enum + (int)large + (int)large_unsigned + (int)byte_enum;
}

char LICENSE[] SEC("license") = "GPL";
