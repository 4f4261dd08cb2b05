// Prints what libbpf makes of an object's instructions: "PROGRAM HEX" a line, the CO-RE relocations applied to the types of the
// second file. No program has to pass the verifier.
#include <bpf/libbpf.h>
#include <stdarg.h>
#include <stdio.h>

static int quiet(enum libbpf_print_level level, const char *format, va_list args) { return 0; }

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  libbpf_set_print(quiet);
  LIBBPF_OPTS(bpf_object_open_opts, options, .btf_custom_path = argv[2]);
  struct bpf_object *object = bpf_object__open_file(argv[1], &options);
  if (!object) return 1;
  bpf_object__load(object);
  struct bpf_program *program;
  bpf_object__for_each_program(program, object) {
    printf("%s ", bpf_program__name(program));
    const unsigned char *bytes = (const unsigned char *)bpf_program__insns(program);
    for (size_t at = 0; at < bpf_program__insn_cnt(program) * 8; at++) printf("%02x", bytes[at]);
    printf("\n");
  }
  bpf_object__close(object);
  return 0;
}
