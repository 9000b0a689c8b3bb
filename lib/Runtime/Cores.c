//===- Cores.c - how many threads are worth having ------------------------===//
#include "Cores.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

// The system call itself: sched_getaffinity of glibc has had two signatures
// under one name, and artefacts are linked without symbol versions.
static int32_t countAffinity(void) {
  unsigned long mask[1024 / sizeof(unsigned long)] = {0};
  long bytes = syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask);
  int32_t count = 0;
  for (long i = 0; i < bytes / (long)sizeof(*mask); ++i)
    count += __builtin_popcountl(mask[i]);
  return count > 0 ? count : 1;
}

// In a container this file is its own cgroup's: "max 100000", or a quota and
// a period in microseconds. More threads than quota / period only throttle
// one another.
static int32_t readQuota(void) {
  char line[64] = "", *rest = line;
  int file = open("/sys/fs/cgroup/cpu.max", O_RDONLY | O_CLOEXEC);
  if (file < 0)
    return INT32_MAX;
  if (read(file, line, sizeof(line) - 1) < 0)
    line[0] = 0;
  close(file);
  long quota = strtol(line, &rest, 10), period = strtol(rest, NULL, 10);
  if (quota <= 0 || period <= 0 || quota / period >= INT32_MAX)
    return INT32_MAX;
  return (int32_t)((quota + period - 1) / period);
}

int32_t tenon_rt_num_cores(void) {
  int32_t cores = countAffinity(), quota = readQuota();
  return cores < quota ? cores : quota;
}
