//===- Futex.h - spinning, then sleeping on a word --------------*- C -*-===//
//
// Condition variables would do, but glibc has two incompatible ones under one
// name, and artefacts are linked without symbol versions.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_RUNTIME_FUTEX_H
#define TENON_RUNTIME_FUTEX_H

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/// Sleeps while *word is `value`; may return early.
static inline void tenon_rt_futex_wait(atomic_uint *word, uint32_t value) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static inline void tenon_rt_futex_wake(atomic_uint *word, int32_t count) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, count, NULL, NULL, 0);
}

static inline void tenon_rt_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static inline int64_t tenon_rt_nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

#endif // TENON_RUNTIME_FUTEX_H
