//===- CpuAArch64.c - CPU features by the kernel's auxiliary vector -------===//
#include "Cpu.h"

#include <string.h>
#include <sys/auxv.h>

typedef struct Feature {
  const char *name;
  unsigned char word, bit;
} Feature;

// Linux, arch/arm64/include/uapi/asm/hwcap.h: word 0 is AT_HWCAP, 1 AT_HWCAP2.
static const Feature table[] = {
    {"fp-armv8", 0, 0},   {"neon", 0, 1},     {"aes", 0, 3},
    {"sha2", 0, 6},       {"crc", 0, 7},      {"lse", 0, 8},
    {"fullfp16", 0, 9},   {"rdm", 0, 12},     {"jsconv", 0, 13},
    {"complxnum", 0, 14}, {"rcpc", 0, 15},    {"ccpp", 0, 16},
    {"sha3", 0, 17},      {"sm4", 0, 19},     {"dotprod", 0, 20},
    {"sve", 0, 22},       {"fp16fml", 0, 23}, {"sve2", 1, 1},
    {"i8mm", 1, 13},      {"bf16", 1, 14},    {"sme", 1, 23},
};

tenon_rt_cpu tenon_rt_detect_cpu(void) {
  tenon_rt_cpu cpu = {{0}};
  cpu.words[0] = (unsigned)getauxval(AT_HWCAP);
  cpu.words[1] = (unsigned)getauxval(AT_HWCAP2);
  return cpu;
}

int tenon_rt_cpu_has(const tenon_rt_cpu *cpu, const char *name, size_t length) {
  for (size_t i = 0; i < sizeof(table) / sizeof(*table); ++i)
    if (!strncmp(table[i].name, name, length) && !table[i].name[length])
      return cpu->words[table[i].word] >> table[i].bit & 1;
  return 0;
}
