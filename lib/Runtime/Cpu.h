//===- Cpu.h - does this CPU have what a model needs ------------*- C -*-===//
#ifndef TENON_RUNTIME_CPU_H
#define TENON_RUNTIME_CPU_H

#include <stddef.h>

typedef struct tenon_rt_cpu {
  unsigned words[16];
} tenon_rt_cpu;

/// Asks the CPU and the operating system. One file an architecture defines
/// these two.
tenon_rt_cpu tenon_rt_detect_cpu(void);

/// Whether the CPU has the feature that LLVM calls `name` (not terminated).
/// Unknown names count as missing: better a status than an illegal instruction.
int tenon_rt_cpu_has(const tenon_rt_cpu *cpu, const char *name, size_t length);

/// Writes those of `features` ("avx2,fma"; a leading '+' is allowed, and what
/// has a '-' is not asked for) that are missing into `missing`, separated by
/// ", ". Returns how many.
int tenon_rt_missing_features(const char *features, char *missing,
                              size_t capacity);

#endif // TENON_RUNTIME_CPU_H
