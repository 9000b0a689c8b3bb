//===- CudaDriver.c - loading CUDA's driver -------------------------------===//
#include "CudaDriver.h"
#include "Error.h"

#include <dlfcn.h>
#include <string.h>

tenon_status tenon_rt_load_cuda(CudaDriver *driver, tenon_error *error) {
  memset(driver, 0, sizeof(*driver));
  driver->library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!driver->library)
    return tenon_rt_fail(error, TENON_ERR_DEVICE,
                         "no CUDA driver: cannot load libcuda.so.1");
#define TENON_FIND(name, ...)                                                  \
  *(void **)&driver->name = dlsym(driver->library, #name);                     \
  if (!driver->name) {                                                         \
    dlclose(driver->library);                                                  \
    return tenon_rt_fail(error, TENON_ERR_DEVICE,                              \
                         "the CUDA driver is too old: it has no %s", #name);   \
  }
  TENON_CUDA_FUNCTIONS(TENON_FIND)
#undef TENON_FIND
  return TENON_OK;
}
