//===- CudaDriver.h - the part of CUDA's driver that runs use ---*- C -*-===//
#ifndef TENON_RUNTIME_CUDADRIVER_H
#define TENON_RUNTIME_CUDADRIVER_H

#include "tenon-rt/tenon.h"

typedef uint64_t CudaPointer;

/// Functions of libcuda.so.1 under the names of their ABI; each returns 0 for
/// success.
#define TENON_CUDA_FUNCTIONS(F)                                                \
  F(cuInit, unsigned flags)                                                    \
  F(cuGetErrorString, int error, const char **text)                            \
  F(cuDeviceGetCount, int *count)                                              \
  F(cuDeviceGet, int *device, int ordinal)                                     \
  F(cuDeviceGetAttribute, int *value, int attribute, int device)               \
  F(cuDevicePrimaryCtxRetain, void **context, int device)                      \
  F(cuDevicePrimaryCtxRelease_v2, int device)                                  \
  F(cuCtxPushCurrent_v2, void *context)                                        \
  F(cuCtxPopCurrent_v2, void **context)                                        \
  F(cuModuleLoadDataEx, void **module, const void *image, unsigned numOptions, \
    int *options, void **values)                                               \
  F(cuModuleUnload, void *module)                                              \
  F(cuModuleGetFunction, void **function, void *module, const char *name)      \
  F(cuStreamCreate, void **stream, unsigned flags)                             \
  F(cuStreamDestroy_v2, void *stream)                                          \
  F(cuStreamSynchronize, void *stream)                                         \
  F(cuMemAlloc_v2, CudaPointer *pointer, size_t size)                          \
  F(cuMemFree_v2, CudaPointer pointer)                                         \
  F(cuMemcpyHtoDAsync_v2, CudaPointer to, const void *from, size_t size,       \
    void *stream)                                                              \
  F(cuMemcpyDtoHAsync_v2, void *to, CudaPointer from, size_t size,             \
    void *stream)                                                              \
  F(cuPointerGetAttribute, void *value, int attribute, CudaPointer pointer)    \
  F(cuLaunchKernel, void *function, unsigned gridX, unsigned gridY,            \
    unsigned gridZ, unsigned blockX, unsigned blockY, unsigned blockZ,         \
    unsigned sharedBytes, void *stream, void **parameters, void **extra)

typedef struct CudaDriver {
  void *library;
#define TENON_DECLARE(name, ...) int (*name)(__VA_ARGS__);
  TENON_CUDA_FUNCTIONS(TENON_DECLARE)
#undef TENON_DECLARE
} CudaDriver;

/// Loads the driver's library; fails where there is none, or an old one.
tenon_status tenon_rt_load_cuda(CudaDriver *driver, tenon_error *error);

#endif // TENON_RUNTIME_CUDADRIVER_H
