//===- Device.c - running a program on an NVIDIA GPU ----------------------===//
#include "Device.h"
#include "Border.h"
#include "CudaDriver.h"
#include "Error.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Of CUDA's headers, which the build does not need.
enum {
  CapabilityMajor = 75,
  CapabilityMinor = 76,
  MemoryTypeAttribute = 2,
  MemoryTypeDevice = 2,
  JitErrorLog = 5,
  JitErrorLogBytes = 6,
  NonBlockingStream = 1,
  MaxParameters = 512, // of 8 bytes: what a launch takes
};

typedef struct DeviceBlock {
  CudaPointer data;
  int64_t capacity;
} DeviceBlock;

struct Device {
  CudaDriver cuda;
  int number;
  int isRetained;
  void *context, *module, *stream;
  void **kernels; ///< of each launch of all functions
  DeviceBlock weights, workspace;
  int32_t numValues;        ///< the most inputs and outputs that a function has
  DeviceBlock *values;      ///< [numValues]: copies of inputs, then of outputs
  void **inputs, **outputs; ///< what the function is given
  int failure;              ///< of the driver, in a launch
};

static tenon_status fail(const Context *context, int code, const char *what,
                         tenon_error *error) {
  const char *text = NULL;
  context->device->cuda.cuGetErrorString(code, &text);
  return tenon_rt_fail(error, TENON_ERR_DEVICE, "model '%s': cannot %s: %s",
                       context->base.model->name, what,
                       text ? text : "unknown error of the CUDA driver");
}

//===----------------------------------------------------------------------===//
// Opening and closing
//===----------------------------------------------------------------------===//

// "sm_80" serves every later device too, "sm_90a" that one alone. Returns the
// number, or 0 for none that device `capability` runs.
static int rankText(const char *arch, int capability) {
  char *end = NULL;
  int number = (int)strtol(arch + strlen("sm_"), &end, 10);
  if (*end == 'a')
    return number == capability ? 2 * number + 1 : 0;
  return number <= capability ? 2 * number : 0;
}

static const char *chooseText(const tenon_program *program, int capability) {
  const char *text = NULL;
  int best = 0;
  for (int64_t i = 0; i < program->num_texts; ++i) {
    int rank = rankText(program->texts[i].arch, capability);
    if (rank > best) {
      best = rank;
      text = program->texts[i].ptx;
    }
  }
  return text;
}

static tenon_status findDevice(Context *context, int *capability,
                               tenon_error *error) {
  Device *device = context->device;
  CudaDriver *cuda = &device->cuda;
  int index = context->options.device_index, count = 0, major = 0, minor = 0;
  int code = cuda->cuInit(0);
  if (!code)
    code = cuda->cuDeviceGetCount(&count);
  if (code)
    return fail(context, code, "use the CUDA driver", error);
  if (index < 0 || index >= count)
    return tenon_rt_fail(error, TENON_ERR_DEVICE,
                         "option device_index: expected one of %d devices, "
                         "got %d",
                         count, index);
  code = cuda->cuDeviceGet(&device->number, index);
  if (!code)
    code = cuda->cuDeviceGetAttribute(&major, CapabilityMajor, device->number);
  if (!code)
    code = cuda->cuDeviceGetAttribute(&minor, CapabilityMinor, device->number);
  *capability = major * 10 + minor;
  return code ? fail(context, code, "look at the device", error) : TENON_OK;
}

static tenon_status loadKernels(Context *context, const char *text,
                                tenon_error *error) {
  Device *device = context->device;
  char log[256] = "";
  int options[] = {JitErrorLog, JitErrorLogBytes};
  void *values[] = {log, (void *)sizeof(log)};
  int code = device->cuda.cuModuleLoadDataEx(&device->module, text, 2, options,
                                             values);
  if (code) {
    char what[300];
    snprintf(what, sizeof(what), "load its kernels (%s)", log);
    return fail(context, code, what, error);
  }
  for (int32_t f = 0; f < context->base.model->num_functions; ++f) {
    const Function *function = &context->functions[f];
    for (int64_t i = 0; i < function->code->num_launches; ++i) {
      code = device->cuda.cuModuleGetFunction(
          &device->kernels[function->firstLaunch + i], device->module,
          function->code->launches[i].kernel);
      if (code)
        return fail(context, code, "find a kernel", error);
    }
  }
  return TENON_OK;
}

static tenon_status grow(Context *context, DeviceBlock *block, int64_t size,
                         tenon_error *error) {
  CudaDriver *cuda = &context->device->cuda;
  if (size <= block->capacity)
    return TENON_OK;
  if (block->data)
    cuda->cuMemFree_v2(block->data);
  *block = (DeviceBlock){0, 0};
  int code = cuda->cuMemAlloc_v2(&block->data, size);
  if (code)
    return fail(context, code, "allocate memory of the device", error);
  block->capacity = size;
  return TENON_OK;
}

tenon_status tenon_rt_copy_to_device(Context *context, void *to,
                                     const void *from, int64_t size,
                                     tenon_error *error) {
  Device *device = context->device;
  device->cuda.cuCtxPushCurrent_v2(device->context);
  int code = device->cuda.cuMemcpyHtoDAsync_v2((CudaPointer)(uintptr_t)to, from,
                                               size, device->stream);
  if (!code)
    code = device->cuda.cuStreamSynchronize(device->stream);
  device->cuda.cuCtxPopCurrent_v2(&device->context);
  return code ? fail(context, code, "copy to the device", error) : TENON_OK;
}

static tenon_status prepareDevice(Context *context, int capability,
                                  const void *weights, tenon_error *error) {
  Device *device = context->device;
  const tenon_model *model = context->base.model;
  const char *text = chooseText(context->program, capability);
  if (!text)
    return tenon_rt_fail(error, TENON_ERR_DEVICE,
                         "model '%s' has no code for a device of capability "
                         "%d.%d",
                         model->name, capability / 10, capability % 10);
  int code = device->cuda.cuStreamCreate(&device->stream, NonBlockingStream);
  if (code)
    return fail(context, code, "create a stream", error);
  tenon_status status = loadKernels(context, text, error);
  if (status != TENON_OK || !context->program->weights_size)
    return status;
  int64_t bytes = (int64_t)context->program->weights_size;
  status = grow(context, &device->weights, bytes, error);
  if (status != TENON_OK)
    return status;
  void *memory = (void *)(uintptr_t)device->weights.data;
  context->frame.weights = memory;
  return tenon_rt_copy_to_device(context, memory, weights, bytes, error);
}

static Device *allocateDevice(const Context *context) {
  const tenon_model *model = context->base.model;
  const Function *last = &context->functions[model->num_functions - 1];
  Device *device = calloc(1, sizeof(Device));
  if (!device)
    return NULL;
  for (int32_t i = 0; i < model->num_functions; ++i) {
    int32_t values =
        context->functions[i].numInputs + context->functions[i].numOutputs;
    device->numValues = values > device->numValues ? values : device->numValues;
  }
  device->kernels =
      calloc(last->firstLaunch + last->code->num_launches + 1, sizeof(void *));
  device->values = calloc(device->numValues + 1, sizeof(DeviceBlock));
  device->inputs = calloc(device->numValues + 1, sizeof(void *));
  if (device->kernels && device->values && device->inputs)
    return device;
  free(device->kernels);
  free(device->values);
  free(device->inputs);
  free(device);
  return NULL;
}

tenon_status tenon_rt_open_device(Context *context, const void *weights,
                                  tenon_error *error) {
  Device *device = context->device = allocateDevice(context);
  int capability = 0;
  if (!device)
    return tenon_rt_fail(error, TENON_ERR_MEMORY,
                         "model '%s': cannot allocate a context",
                         context->base.model->name);
  tenon_status status = tenon_rt_load_cuda(&device->cuda, error);
  if (status != TENON_OK) {
    device->cuda.library = NULL;
    return status;
  }
  status = findDevice(context, &capability, error);
  if (status != TENON_OK)
    return status;
  int code =
      device->cuda.cuDevicePrimaryCtxRetain(&device->context, device->number);
  if (code)
    return fail(context, code, "use the device", error);
  device->isRetained = 1;
  device->cuda.cuCtxPushCurrent_v2(device->context);
  status = prepareDevice(context, capability, weights, error);
  device->cuda.cuCtxPopCurrent_v2(&device->context);
  return status;
}

static void freeBlock(Device *device, DeviceBlock *block) {
  if (block->data)
    device->cuda.cuMemFree_v2(block->data);
}

void tenon_rt_close_device(Context *context) {
  Device *device = context->device;
  if (!device)
    return;
  if (device->isRetained) {
    device->cuda.cuCtxPushCurrent_v2(device->context);
    for (int32_t i = 0; i < device->numValues; ++i)
      freeBlock(device, &device->values[i]);
    freeBlock(device, &device->weights);
    freeBlock(device, &device->workspace);
    if (device->module)
      device->cuda.cuModuleUnload(device->module);
    if (device->stream)
      device->cuda.cuStreamDestroy_v2(device->stream);
    device->cuda.cuCtxPopCurrent_v2(&device->context);
    device->cuda.cuDevicePrimaryCtxRelease_v2(device->number);
  }
  if (device->cuda.library)
    dlclose(device->cuda.library);
  free(device->kernels);
  free(device->values);
  free(device->inputs);
  free(device);
  context->device = NULL;
}

//===----------------------------------------------------------------------===//
// Memory that outlives runs
//===----------------------------------------------------------------------===//

void *tenon_rt_allocate_on_device(Context *context, int64_t size,
                                  tenon_error *error) {
  Device *device = context->device;
  DeviceBlock block = {0, 0};
  device->cuda.cuCtxPushCurrent_v2(device->context);
  grow(context, &block, size, error);
  device->cuda.cuCtxPopCurrent_v2(&device->context);
  return (void *)(uintptr_t)block.data;
}

void tenon_rt_free_on_device(Context *context, void *pointer) {
  Device *device = context->device;
  if (!pointer)
    return;
  device->cuda.cuCtxPushCurrent_v2(device->context);
  device->cuda.cuMemFree_v2((CudaPointer)(uintptr_t)pointer);
  device->cuda.cuCtxPopCurrent_v2(&device->context);
}

tenon_status tenon_rt_copy_from_device(Context *context, void *to,
                                       const void *from, int64_t size,
                                       tenon_error *error) {
  Device *device = context->device;
  device->cuda.cuCtxPushCurrent_v2(device->context);
  int code = device->cuda.cuMemcpyDtoHAsync_v2(to, (CudaPointer)(uintptr_t)from,
                                               size, device->stream);
  if (!code)
    code = device->cuda.cuStreamSynchronize(device->stream);
  device->cuda.cuCtxPopCurrent_v2(&device->context);
  return code ? fail(context, code, "copy from the device", error) : TENON_OK;
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

tenon_status tenon_rt_grow_on_device(Context *context, int64_t size,
                                     tenon_error *error) {
  Device *device = context->device;
  device->cuda.cuCtxPushCurrent_v2(device->context);
  tenon_status status = grow(context, &device->workspace, size, error);
  device->cuda.cuCtxPopCurrent_v2(&device->context);
  context->frame.arena = (uint8_t *)(uintptr_t)device->workspace.data;
  return status;
}

int64_t tenon_rt_bytes_on_device(const Context *context) {
  const Device *device = context->device;
  if (!device)
    return 0;
  int64_t bytes = device->workspace.capacity;
  for (int32_t i = 0; i < device->numValues; ++i)
    bytes += device->values[i].capacity;
  return bytes;
}

int tenon_rt_is_on_device(const Context *context, const void *pointer) {
  unsigned type = 0;
  // an error: memory that the driver does not know
  return context->device && pointer &&
         !context->device->cuda.cuPointerGetAttribute(
             &type, MemoryTypeAttribute, (CudaPointer)(uintptr_t)pointer) &&
         type == MemoryTypeDevice;
}

/// The memory on the device for a value of the caller's.
static tenon_status place(Context *context, int32_t value, void *given,
                          int64_t bytes, void **placed, tenon_error *error) {
  if (tenon_rt_is_on_device(context, given)) {
    *placed = given;
    if ((uintptr_t)given % 16 == 0)
      return TENON_OK;
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "expected memory of the device aligned to 16 bytes, "
                         "got %p",
                         given);
  }
  DeviceBlock *block = &context->device->values[value];
  tenon_status status = grow(context, block, bytes ? bytes : 1, error);
  *placed = (void *)(uintptr_t)block->data;
  return status;
}

tenon_status tenon_rt_place_output_on_device(Context *context, int32_t output,
                                             void **placed,
                                             tenon_error *error) {
  const Function *f = context->current;
  tenon_status status =
      place(context, f->numInputs + output, f->outputs[output],
            f->outputBytes[output], placed, error);
  context->device->outputs[output] = *placed;
  return status;
}

static tenon_status placeValues(Context *context, tenon_error *error) {
  const Function *f = context->current;
  Device *device = context->device;
  tenon_status status = TENON_OK;
  device->outputs = device->inputs + f->numInputs;
  for (int32_t i = 0; i < f->numOutputs && status == TENON_OK; ++i)
    status = place(context, f->numInputs + i, f->outputs[i], f->outputBytes[i],
                   &device->outputs[i], error);
  for (int32_t i = 0; i < f->numInputs && status == TENON_OK; ++i) {
    status = place(context, i, f->inputs[i], f->inputBytes[i],
                   &device->inputs[i], error);
    if (status != TENON_OK || device->inputs[i] == f->inputs[i] ||
        !f->inputBytes[i])
      continue;
    int code = device->cuda.cuMemcpyHtoDAsync_v2(
        (CudaPointer)(uintptr_t)device->inputs[i], f->inputs[i],
        f->inputBytes[i], device->stream);
    if (code)
      status = fail(context, code, "copy an input to the device", error);
  }
  return status;
}

static int copyOutputs(Context *context) {
  const Function *f = context->current;
  Device *device = context->device;
  int code = 0;
  for (int32_t i = 0; i < f->numOutputs && !code; ++i)
    if (device->outputs[i] != f->outputs[i] && f->outputBytes[i])
      code = device->cuda.cuMemcpyDtoHAsync_v2(
          f->outputs[i], (CudaPointer)(uintptr_t)device->outputs[i],
          f->outputBytes[i], device->stream);
  int finished = device->cuda.cuStreamSynchronize(device->stream);
  return code ? code : finished;
}

tenon_status tenon_rt_run_on_device(Context *context, tenon_error *error) {
  Device *device = context->device;
  const Function *function = context->current;
  device->cuda.cuCtxPushCurrent_v2(device->context);
  tenon_status status = placeValues(context, error);
  if (status == TENON_OK) {
    device->failure = 0;
    context->frame.inputs = device->inputs;
    context->frame.outputs = device->outputs;
    context->frame.dims = function->dims;
    status = (tenon_status)function->code->run(&context->frame);
    int code = copyOutputs(context);
    code = device->failure ? device->failure : code;
    status = code ? fail(context, code, "run on the device", error)
                  : tenon_rt_finish(context, status, error);
  }
  device->cuda.cuCtxPopCurrent_v2(&device->context);
  return status;
}

int32_t tenon_rt_launch_on_device(Context *context,
                                  const tenon_rt_launch_record *record,
                                  void *const *buffers, const int64_t *dims,
                                  int64_t count) {
  Device *device = context->device;
  const Function *function = context->current;
  int64_t number = function->firstLaunch + (record - function->code->launches);
  int64_t begin = 0, parameters = 0;
  void *scratch = context->scratch;
  void *list[MaxParameters];
  if (record->num_buffers + record->num_dims + 3 > MaxParameters)
    return TENON_ERR_INTERNAL;
  for (int64_t i = 0; i < record->num_buffers; ++i)
    list[parameters++] = (void *)&buffers[i];
  for (int64_t i = 0; i < record->num_dims; ++i)
    list[parameters++] = (void *)&dims[i];
  list[parameters++] = &scratch;
  list[parameters++] = &begin;
  list[parameters++] = &count;
  unsigned blocks = (unsigned)(count < MaxBlocks ? count : MaxBlocks);
  device->failure = device->cuda.cuLaunchKernel(
      device->kernels[number], blocks, 1, 1, (unsigned)record->block_size, 1, 1,
      0, device->stream, list, NULL);
  return device->failure ? TENON_ERR_DEVICE : TENON_OK;
}
