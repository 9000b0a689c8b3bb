//===- Cores.h - how many threads are worth having --------------*- C -*-===//
#ifndef TENON_RUNTIME_CORES_H
#define TENON_RUNTIME_CORES_H

#include <stdint.h>

/// Cores that the calling thread may use: its affinity, and the quota of its
/// container. At least 1.
int32_t tenon_rt_num_cores(void);

#endif // TENON_RUNTIME_CORES_H
