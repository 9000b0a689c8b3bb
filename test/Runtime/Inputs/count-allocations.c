//===- count-allocations.c - does a compiled model allocate in a run? -----===//
//
// count-allocations LIBRARY [MAX [WARM]]: runs the model of a library, with
// each of its dynamic dimensions up to MAX, after preparing for MAX, and after
// WARM runs with MAX. Prints how often the runs called malloc and its kin,
// which this program puts before libc's.
//
//===----------------------------------------------------------------------===//
#include "tenon-rt/tenon.h"

#include <dlfcn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { MaxValues = 256, Capacity = 1 << 22 };

static atomic_int allocations;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_calloc(count, size);
}
void *realloc(void *old, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_realloc(old, size);
}
int posix_memalign(void **memory, size_t alignment, size_t size) {
  atomic_fetch_add(&allocations, 1);
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : 12;
}

static void fail(const char *message) {
  fprintf(stderr, "count-allocations: %s\n", message);
  exit(1);
}

static tenon_tensor inputs[MaxValues], outputs[MaxValues];

// Buffers that hold any size up to MAX.
static void allocateBuffers(tenon_tensor *tensors, int32_t count) {
  for (int32_t i = 0; i < count; ++i)
    tensors[i].data = __libc_calloc(1, Capacity);
}

static void run(tenon_context *context, int64_t size) {
  int64_t dims[MaxValues];
  tenon_error error;
  for (int32_t i = 0; i < context->model->functions->num_symbols; ++i)
    dims[i] = size;
  if (tenon_input_shapes(context, 0, dims, inputs, &error) != TENON_OK)
    fail(error.message);
  for (int32_t i = 0; i < context->model->functions->num_inputs; ++i)
    if (tenon_num_bytes(&inputs[i]) > Capacity)
      fail("expected inputs of less than 4 MB");
  if (tenon_output_shapes(context, 0, inputs, outputs, &error) != TENON_OK ||
      tenon_run(context, inputs, outputs, &error) != TENON_OK)
    fail(error.message);
}

int main(int argc, char **argv) {
  void *library = dlopen(argv[1], RTLD_NOW);
  const tenon_model *model =
      library ? (const tenon_model *)dlsym(library, "tenon_model") : NULL;
  int64_t max = argc > 2 ? atoi(argv[2]) : 1, largest[MaxValues];
  if (!model)
    fail(dlerror());
  tenon_error error;
  tenon_context *context = tenon_open(model, NULL, &error);
  for (int32_t i = 0; i < model->functions->num_symbols; ++i)
    largest[i] = max;
  if (!context || tenon_prepare(context, 0, largest, &error) != TENON_OK)
    fail(error.message);
  allocateBuffers(inputs, model->functions->num_inputs);
  allocateBuffers(outputs, model->functions->num_outputs);
  // what data decides the size of is lent
  for (int32_t i = 0; i < model->functions->num_outputs; ++i)
    for (int32_t d = 0; d < model->functions->outputs[i].rank; ++d)
      if (model->functions->outputs[i].dims[d] == TENON_DIM_LATE)
        outputs[i].data = NULL;
  for (int warm = argc > 3 ? atoi(argv[3]) : 0; warm > 0; --warm)
    run(context, max);
  int before = atomic_load(&allocations);
  if (before == 0)
    fail("expected open to allocate: malloc is not this program's");
  for (int64_t size = max; size >= 1; --size)
    run(context, size);
  printf("%d allocations in %lld runs\n", atomic_load(&allocations) - before,
         (long long)max);
  tenon_close(context);
  return 0;
}
