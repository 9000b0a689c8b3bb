//===- Device.h - running a program on an NVIDIA GPU ------------*- C -*-===//
#ifndef TENON_RUNTIME_DEVICE_H
#define TENON_RUNTIME_DEVICE_H

#include "Context.h"

/// Most blocks of a launch; the scratch memory is for so many.
enum { MaxBlocks = 1024 };

/// Loads the driver and the program's kernels, and uploads the weights, which
/// are at `weights`.
tenon_status tenon_rt_open_device(Context *context, const void *weights,
                                  tenon_error *error);
void tenon_rt_close_device(Context *context);

/// Makes sure that the workspace holds `size` bytes; what it held is lost.
tenon_status tenon_rt_grow_on_device(Context *context, int64_t size,
                                     tenon_error *error);

/// What the context holds there, without weights.
int64_t tenon_rt_bytes_on_device(const Context *context);

/// Memory of the device that outlives runs; NULL and *error on failure. A
/// pointer of NULL may be freed.
void *tenon_rt_allocate_on_device(Context *context, int64_t size,
                                  tenon_error *error);
void tenon_rt_free_on_device(Context *context, void *pointer);

/// Copies between the host and such memory, and waits for it.
tenon_status tenon_rt_copy_to_device(Context *context, void *to,
                                     const void *from, int64_t size,
                                     tenon_error *error);
tenon_status tenon_rt_copy_from_device(Context *context, void *to,
                                       const void *from, int64_t size,
                                       tenon_error *error);

/// Whether `pointer` is memory of the device.
int tenon_rt_is_on_device(const Context *context, const void *pointer);

/// Provides memory of the device for an output whose size became known.
tenon_status tenon_rt_place_output_on_device(Context *context, int32_t output,
                                             void **placed, tenon_error *error);

/// Runs the program on what context->inputs and outputs point to, copying what
/// is not on the device, and waits for it.
tenon_status tenon_rt_run_on_device(Context *context, tenon_error *error);

int32_t tenon_rt_launch_on_device(Context *context,
                                  const tenon_rt_launch_record *record,
                                  void *const *buffers, const int64_t *dims,
                                  int64_t count);

#endif // TENON_RUNTIME_DEVICE_H
