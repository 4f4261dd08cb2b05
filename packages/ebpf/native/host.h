/*
 * All that the addon takes from outside of Node-API and libuv: the functions that it finds in the process that loads it,
 * and the kernel's numbers. They are declared here instead of by the headers of a libc, so that the one file asks for no
 * libc in particular, glibc or musl, and compiles, for another CPU too, with nothing but the compiler.
 */
#ifndef EBPF_HOST_H
#define EBPF_HOST_H

#include <stddef.h>
#include <stdint.h>

void *malloc(size_t size);
void *calloc(size_t count, size_t size);
void free(void *memory);
long syscall(long number, ...);
unsigned long getauxval(unsigned long type);
int *__errno_location(void);

/* The compiler's own where the size is known, else the host's. */
#define memcpy(to, from, size) __builtin_memcpy(to, from, size)
#define memset(to, byte, size) __builtin_memset(to, byte, size)

/* System call numbers: x86-64 has its own, the CPUs added since share a list. */
#if defined(__x86_64__)
enum { SYS_read = 0, SYS_mmap = 9, SYS_munmap = 11, SYS_bpf = 321 };
#elif defined(__aarch64__) || defined(__riscv) || defined(__loongarch__)
enum { SYS_read = 63, SYS_mmap = 222, SYS_munmap = 215, SYS_bpf = 280 };
#else
#error "host.h has no system call numbers for this CPU"
#endif

/* include/uapi/asm-generic/errno-base.h, errno.h */
enum { EINTR = 4, EIO = 5, E2BIG = 7, EBADF = 9, ENOMEM = 12, EACCES = 13, EINVAL = 22, ENOSPC = 28, ECANCELED = 125 };

/* include/uapi/asm-generic/mman-common.h, include/uapi/linux/mman.h, include/uapi/linux/auxvec.h */
enum { PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1, AT_PAGESZ = 6 };

/* include/uapi/linux/bpf.h: a record of a ring is a 32-bit length with these bits, 4 bytes of the kernel's, and the data. */
#define BPF_RINGBUF_BUSY_BIT UINT32_C(0x80000000)
#define BPF_RINGBUF_DISCARD_BIT UINT32_C(0x40000000)
enum { BPF_RINGBUF_HDR_SZ = 8 };

/* include/uapi/linux/perf_event.h, struct perf_event_mmap_page: where the positions are in the first page of a buffer. */
enum { PERF_DATA_HEAD = 1024, PERF_DATA_TAIL = 1032 };

/* include/uapi/linux/perf_event.h, enum perf_event_type */
enum { PERF_RECORD_LOST = 2, PERF_RECORD_SAMPLE = 9 };

struct perf_event_header {
  uint32_t type;
  uint16_t misc;
  uint16_t size; /* of the whole record */
};

#endif
