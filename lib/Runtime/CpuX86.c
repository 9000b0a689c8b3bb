//===- CpuX86.c - CPU features by cpuid -----------------------------------===//
//
// The names and their bits are those of LLVM's Host.cpp, from the Intel SDM
// (volume 2, CPUID) and AMD's APM (volume 3, appendix E).
//
//===----------------------------------------------------------------------===//
#include "Cpu.h"

#include <cpuid.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

// Words of tenon_rt_cpu: registers of cpuid leaves, and the state components
// that the operating system saves (XCR0).
enum Word {
  L1C,
  L1D,
  L7B,
  L7C,
  L7D,
  L71A,
  L71D,
  LD1A,
  L14B,
  L19B,
  L1EA,
  X1C,
  X1D,
  X8B,
  OsStates
};

enum States { None = 0, Avx = 0x6, Avx512 = 0xe6, Amx = 0x60000 };

typedef struct Feature {
  const char *name;
  unsigned char word, bit;
  unsigned states;
} Feature;

static const Feature table[] = {
    {"cx8", L1D, 8, None},
    {"cmov", L1D, 15, None},
    {"mmx", L1D, 23, None},
    {"fxsr", L1D, 24, None},
    {"sse", L1D, 25, None},
    {"sse2", L1D, 26, None},
    {"sse3", L1C, 0, None},
    {"pclmul", L1C, 1, None},
    {"ssse3", L1C, 9, None},
    {"fma", L1C, 12, Avx},
    {"cx16", L1C, 13, None},
    {"sse4.1", L1C, 19, None},
    {"sse4.2", L1C, 20, None},
    {"crc32", L1C, 20, None},
    {"movbe", L1C, 22, None},
    {"popcnt", L1C, 23, None},
    {"aes", L1C, 25, None},
    {"xsave", L1C, 26, Avx},
    {"avx", L1C, 28, Avx},
    {"f16c", L1C, 29, Avx},
    {"rdrnd", L1C, 30, None},
    {"sahf", X1C, 0, None},
    {"lzcnt", X1C, 5, None},
    {"sse4a", X1C, 6, None},
    {"prfchw", X1C, 8, None},
    {"xop", X1C, 11, Avx},
    {"lwp", X1C, 15, Avx},
    {"fma4", X1C, 16, Avx},
    {"tbm", X1C, 21, None},
    {"mwaitx", X1C, 29, None},
    {"64bit", X1D, 29, None},
    {"clzero", X8B, 0, None},
    {"rdpru", X8B, 4, None},
    {"wbnoinvd", X8B, 9, None},
    {"fsgsbase", L7B, 0, None},
    {"sgx", L7B, 2, None},
    {"bmi", L7B, 3, None},
    {"avx2", L7B, 5, Avx},
    {"bmi2", L7B, 8, None},
    {"invpcid", L7B, 10, None},
    {"rtm", L7B, 11, None},
    {"avx512f", L7B, 16, Avx512},
    {"avx512dq", L7B, 17, Avx512},
    {"rdseed", L7B, 18, None},
    {"adx", L7B, 19, None},
    {"avx512ifma", L7B, 21, Avx512},
    {"clflushopt", L7B, 23, None},
    {"clwb", L7B, 24, None},
    {"avx512cd", L7B, 28, Avx512},
    {"sha", L7B, 29, None},
    {"avx512bw", L7B, 30, Avx512},
    {"avx512vl", L7B, 31, Avx512},
    {"avx512vbmi", L7C, 1, Avx512},
    {"pku", L7C, 4, None},
    {"waitpkg", L7C, 5, None},
    {"avx512vbmi2", L7C, 6, Avx512},
    {"shstk", L7C, 7, None},
    {"gfni", L7C, 8, None},
    {"vaes", L7C, 9, Avx},
    {"vpclmulqdq", L7C, 10, Avx},
    {"avx512vnni", L7C, 11, Avx512},
    {"avx512bitalg", L7C, 12, Avx512},
    {"avx512vpopcntdq", L7C, 14, Avx512},
    {"rdpid", L7C, 22, None},
    {"kl", L7C, 23, None},
    {"cldemote", L7C, 25, None},
    {"movdiri", L7C, 27, None},
    {"movdir64b", L7C, 28, None},
    {"enqcmd", L7C, 29, None},
    {"uintr", L7D, 5, None},
    {"avx512vp2intersect", L7D, 8, Avx512},
    {"serialize", L7D, 14, None},
    {"tsxldtrk", L7D, 16, None},
    {"pconfig", L7D, 18, None},
    {"amx-bf16", L7D, 22, Amx},
    {"avx512fp16", L7D, 23, Avx512},
    {"amx-tile", L7D, 24, Amx},
    {"amx-int8", L7D, 25, Amx},
    {"sha512", L71A, 0, Avx},
    {"sm3", L71A, 1, Avx},
    {"sm4", L71A, 2, Avx},
    {"raoint", L71A, 3, None},
    {"avxvnni", L71A, 4, Avx},
    {"avx512bf16", L71A, 5, Avx512},
    {"cmpccxadd", L71A, 7, None},
    {"amx-fp16", L71A, 21, Amx},
    {"hreset", L71A, 22, None},
    {"avxifma", L71A, 23, Avx},
    {"movrs", L71A, 31, None},
    {"avxvnniint8", L71D, 4, Avx},
    {"avxneconvert", L71D, 5, Avx},
    {"amx-complex", L71D, 8, Amx},
    {"avxvnniint16", L71D, 10, Avx},
    {"prefetchi", L71D, 14, None},
    {"usermsr", L71D, 15, None},
    {"avx10.1", L71D, 19, Avx512},
    {"xsaveopt", LD1A, 0, Avx},
    {"xsavec", LD1A, 1, Avx},
    {"xsaves", LD1A, 3, Avx},
    {"ptwrite", L14B, 4, None},
    {"widekl", L19B, 2, None},
    {"amx-fp8", L1EA, 4, Amx},
    {"amx-tf32", L1EA, 6, Amx},
    {"amx-avx512", L1EA, 7, Amx},
    {"amx-movrs", L1EA, 8, Amx},
};

static unsigned readXcr0(void) {
  unsigned low, high;
  __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

// Linux gives the tiles' state only to processes that ask for it
// (Documentation/arch/x86/xstate.rst).
static int mayUseTiles(void) {
  enum { ArchReqXcompPerm = 0x1023, XfeatureXtileData = 18 };
  return syscall(SYS_arch_prctl, ArchReqXcompPerm, XfeatureXtileData) == 0;
}

tenon_rt_cpu tenon_rt_detect_cpu(void) {
  tenon_rt_cpu cpu = {{0}};
  unsigned *w = cpu.words, unused;
  __get_cpuid(1, &unused, &unused, &w[L1C], &w[L1D]);
  if (__get_cpuid_count(7, 0, &unused, &w[L7B], &w[L7C], &w[L7D]))
    __get_cpuid_count(7, 1, &w[L71A], &unused, &unused, &w[L71D]);
  __get_cpuid_count(0xd, 1, &w[LD1A], &unused, &unused, &unused);
  __get_cpuid_count(0x14, 0, &unused, &w[L14B], &unused, &unused);
  __get_cpuid_count(0x19, 0, &unused, &w[L19B], &unused, &unused);
  __get_cpuid_count(0x1e, 1, &w[L1EA], &unused, &unused, &unused);
  __get_cpuid(0x80000001, &unused, &unused, &w[X1C], &w[X1D]);
  __get_cpuid(0x80000008, &unused, &w[X8B], &unused, &unused);
  const unsigned osxsave = 1u << 27;
  if (w[L1C] & osxsave)
    w[OsStates] = readXcr0();
  return cpu;
}

int tenon_rt_cpu_has(const tenon_rt_cpu *cpu, const char *name, size_t length) {
  for (size_t i = 0; i < sizeof(table) / sizeof(*table); ++i) {
    const Feature *feature = &table[i];
    if (strncmp(feature->name, name, length) || feature->name[length])
      continue;
    return (cpu->words[feature->word] >> feature->bit & 1) &&
           (cpu->words[OsStates] & feature->states) == feature->states &&
           (feature->states != Amx || mayUseTiles());
  }
  return 0;
}
