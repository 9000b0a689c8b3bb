/* fake-cuda.c - a stand-in for CUDA's driver that writes down its calls.
 * Memory of the device is memory of the host; kernels do nothing, but for those
 * that look for indices out of range: they find none.
 * FAKE_CUDA_LOG: the file for the calls. FAKE_CUDA_FAILS: a call that fails. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t Pointer;

static int call(const char *name, const char *details) {
  const char *path = getenv("FAKE_CUDA_LOG");
  FILE *log = path ? fopen(path, "a") : NULL;
  if (log) {
    fprintf(log, "%s%s%s\n", name, *details ? " " : "", details);
    fclose(log);
  }
  const char *failing = getenv("FAKE_CUDA_FAILS");
  return failing && !strcmp(failing, name) ? 700 : 0;
}

static int callWithSize(const char *name, size_t size) {
  char details[32];
  snprintf(details, sizeof(details), "%zu", size);
  return call(name, details);
}

int cuInit(unsigned flags) { return call("cuInit", ""); }
int cuGetErrorString(int error, const char **text) {
  *text = "an error of the stand-in";
  return 0;
}
int cuDeviceGetCount(int *count) {
  *count = 1;
  return 0;
}
int cuDeviceGet(int *device, int ordinal) {
  *device = ordinal;
  return 0;
}
int cuDeviceGetAttribute(int *value, int attribute, int device) {
  const char *capability = getenv("FAKE_CUDA_CAPABILITY");
  int number = capability ? atoi(capability) : 90;
  *value = attribute == 75 ? number / 10 : number % 10;
  return 0;
}
int cuDevicePrimaryCtxRetain(void **context, int device) {
  *context = &call;
  return call("cuDevicePrimaryCtxRetain", "");
}
int cuDevicePrimaryCtxRelease_v2(int device) {
  return call("cuDevicePrimaryCtxRelease", "");
}
int cuCtxPushCurrent_v2(void *context) { return 0; }
int cuCtxPopCurrent_v2(void **context) { return 0; }
int cuModuleLoadDataEx(void **module, const void *image, unsigned numOptions,
                       int *options, void **values) {
  const char *target = strstr(image, ".target ");
  char arch[16] = "";
  sscanf(target ? target : "", ".target %15s", arch);
  *module = &call;
  return call("cuModuleLoadDataEx", arch);
}
int cuModuleUnload(void *module) { return call("cuModuleUnload", ""); }
int cuModuleGetFunction(void **function, void *module, const char *name) {
  *function = (void *)name; /* the program's descriptor keeps it */
  return call("cuModuleGetFunction", name);
}
int cuStreamCreate(void **stream, unsigned flags) {
  *stream = &call;
  return call("cuStreamCreate", "");
}
int cuStreamDestroy_v2(void *stream) { return call("cuStreamDestroy", ""); }
int cuStreamSynchronize(void *stream) {
  return call("cuStreamSynchronize", "");
}
static struct {
  Pointer begin, end;
} allocations[1024]; /* the freed ones are empty */

int cuMemAlloc_v2(Pointer *pointer, size_t size) {
  int i = 0;
  while (allocations[i].end)
    ++i;
  *pointer = (Pointer)(uintptr_t)calloc(size, 1);
  allocations[i].begin = *pointer;
  allocations[i].end = *pointer + size;
  return callWithSize("cuMemAlloc", size);
}
int cuMemFree_v2(Pointer pointer) {
  for (int i = 0; i < 1024; ++i)
    if (allocations[i].begin == pointer)
      allocations[i].begin = allocations[i].end = 0;
  free((void *)(uintptr_t)pointer);
  return call("cuMemFree", "");
}
int cuMemcpyHtoDAsync_v2(Pointer to, const void *from, size_t size,
                         void *stream) {
  memcpy((void *)(uintptr_t)to, from, size);
  return callWithSize("cuMemcpyHtoDAsync", size);
}
int cuMemcpyDtoHAsync_v2(void *to, Pointer from, size_t size, void *stream) {
  memcpy(to, (void *)(uintptr_t)from, size);
  return callWithSize("cuMemcpyDtoHAsync", size);
}
int cuPointerGetAttribute(void *value, int attribute, Pointer pointer) {
  for (int i = 0; i < 1024; ++i)
    if (pointer >= allocations[i].begin && pointer < allocations[i].end) {
      *(unsigned *)value = 2; /* the device's */
      return 0;
    }
  return 1;
}
int cuLaunchKernel(void *function, unsigned gridX, unsigned gridY,
                   unsigned gridZ, unsigned blockX, unsigned blockY,
                   unsigned blockZ, unsigned sharedBytes, void *stream,
                   void **parameters, void **extra) {
  char details[256];
  snprintf(details, sizeof(details), "%s grid %u block %u", (char *)function,
           gridX, blockX);
  if (strstr(function, "find_outside")) /* all indices are in range */
    **(int64_t **)parameters[1] = INT64_MAX;
  return call("cuLaunchKernel", details);
}
