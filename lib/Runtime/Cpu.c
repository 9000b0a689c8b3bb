//===- Cpu.c - does this CPU have what a model needs ----------------------===//
#include "Cpu.h"

#include <stdio.h>
#include <string.h>

int tenon_rt_missing_features(const char *features, char *missing,
                              size_t capacity) {
  tenon_rt_cpu cpu = tenon_rt_detect_cpu();
  int count = 0;
  size_t used = 0;
  missing[0] = 0;
  while (features && *features) {
    size_t length = strcspn(features, ",");
    const char *name = features + (*features == '+');
    size_t nameLength = length - (*features == '+');
    if (nameLength && *name != '-' &&
        !tenon_rt_cpu_has(&cpu, name, nameLength)) {
      if (used < capacity)
        used += snprintf(missing + used, capacity - used, "%s%.*s",
                         count ? ", " : "", (int)nameLength, name);
      ++count;
    }
    features += length + (features[length] == ',');
  }
  return count;
}
