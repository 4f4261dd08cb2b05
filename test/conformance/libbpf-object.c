// SPDX-License-Identifier: MIT
// Prints as JSON what libbpf makes of objects, without loading them; used only to write object.answers.json anew.
// cc -o libbpf-object libbpf-object.c -lbpf && ./libbpf-object FILE…
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdio.h>
#include <string.h>

static int silent(enum libbpf_print_level level, const char *format, va_list arguments) {
  return 0;
}

static void print_maps(struct bpf_object *object) {
  struct bpf_map *map;
  const char *comma = "";
  bpf_object__for_each_map(map, object) {
    size_t value_bytes;
    const unsigned char *value = bpf_map__initial_value(map, &value_bytes);
    printf("%s{\"name\":\"%s\",\"type\":%d,\"keySize\":%u,\"valueSize\":%u,\"maxEntries\":%u,\"flags\":%u,\"mapExtra\":%llu",
           comma, bpf_map__name(map), bpf_map__type(map), bpf_map__key_size(map), bpf_map__value_size(map),
           bpf_map__max_entries(map), bpf_map__map_flags(map), (unsigned long long)bpf_map__map_extra(map));
    printf(",\"keyTypeId\":%u,\"valueTypeId\":%u", bpf_map__btf_key_type_id(map), bpf_map__btf_value_type_id(map));
    if (value != NULL) {
      printf(",\"value\":\"");
      for (size_t i = 0; i < value_bytes; i++) printf("%02x", value[i]);
      printf("\"");
    }
    printf("}");
    comma = ",";
  }
}

static void print_programs(struct bpf_object *object) {
  struct bpf_program *program;
  const char *comma = "";
  bpf_object__for_each_program(program, object) {
    printf("%s{\"name\":\"%s\",\"section\":\"%s\",\"type\":%d,\"attachType\":%d,\"insns\":%zu,\"isAutoloaded\":%s}", comma,
           bpf_program__name(program), bpf_program__section_name(program), bpf_program__type(program),
           bpf_program__expected_attach_type(program), bpf_program__insn_cnt(program),
           bpf_program__autoload(program) ? "true" : "false");
    comma = ",";
  }
}

int main(int count, char **files) {
  libbpf_set_print(silent);
  printf("{");
  for (int i = 1; i < count; i++) {
    struct bpf_object *object = bpf_object__open_file(files[i], NULL);
    const char *name = strrchr(files[i], '/');
    printf("%s\n\"%s\":", i == 1 ? "" : ",", name == NULL ? files[i] : name + 1);
    if (object == NULL) {
      printf("null");
      continue;
    }
    printf("{\"kernelVersion\":%u,\"maps\":[", bpf_object__kversion(object));
    print_maps(object);
    printf("],\"programs\":[");
    print_programs(object);
    printf("]}");
    bpf_object__close(object);
  }
  printf("\n}\n");
  return 0;
}
