/* check-gpu-training.c - steps of a training library on a device, for
 * utils/check-gpu: check-gpu-training LIBRARY cpu|cuda STEPS prints the loss of
 * each step on drawn batches, then the seconds that a step took. */
#include "tenon-rt/tenon.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MaxInputs = 8 };

static int fail(const char *message) {
  fprintf(stderr, "check-gpu-training: error: %s\n", message);
  return 1;
}

/* [0, 1), the same numbers on every machine. */
static double draw(void) {
  static uint64_t state = 1;
  state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
  return (double)(state >> 33) / (double)(UINT64_C(1) << 31);
}

/* Allocates the input's data at the first call. */
static int fill(const tenon_value_info *info, tenon_value *value) {
  int64_t count = tenon_num_elements(info->dims, info->rank);
  if (count < 0)
    return 0;
  tenon_tensor tensor = {NULL, info->dims, info->dtype, info->rank};
  tensor.data =
      value->data ? value->data : malloc(tenon_num_bytes(&tensor) + 1);
  *value = tenon_tensor_value(&tensor);
  /* classes and rows of tables; where any number is allowed, one of two */
  int64_t least = info->min_index, most = info->max_index;
  if (!least && !most)
    most = 1;
  for (int64_t i = 0; i < count; ++i)
    if (info->dtype == TENON_FLOAT32)
      ((float *)value->data)[i] = (float)(2 * draw() - 1);
    else if (info->dtype == TENON_INT64)
      ((int64_t *)value->data)[i] =
          least + (int64_t)(draw() * (double)(most - least + 1));
    else
      return 0;
  return 1;
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int main(int argc, char **argv) {
  tenon_options options = TENON_OPTIONS_INIT;
  tenon_error error;
  if (argc != 4)
    return fail("expected LIBRARY cpu|cuda STEPS");
  void *library = dlopen(argv[1], RTLD_NOW);
  if (!library)
    return fail(dlerror());
  options.device =
      strcmp(argv[2], "cuda") ? TENON_DEVICE_CPU : TENON_DEVICE_CUDA;
  const tenon_model *model = dlsym(library, "tenon_model");
  tenon_context *context = tenon_open(model, &options, &error);
  if (!context)
    return fail(error.message);
  int32_t train = tenon_find_function(model, "train");
  if (train < 0)
    return fail("expected a model with a function 'train'");
  const tenon_function *step = &model->functions[train];
  tenon_value inputs[MaxInputs] = {{0}};
  int steps = atoi(argv[3]);
  double seconds = 0;
  for (int i = 0; i < steps; ++i) {
    for (int32_t k = 0; k < step->num_inputs && k < MaxInputs; ++k)
      if (!fill(&step->inputs[k], &inputs[k]))
        return fail("expected inputs of constant shapes, float32 or int64");
    tenon_value loss = {0};
    double begin = now();
    if (tenon_call(context, train, inputs, &loss, NULL, &error))
      return fail(error.message);
    seconds += i ? now() - begin : 0; /* without the first, which warms up */
    printf("loss %.9g\n", *(const float *)loss.data);
  }
  printf("seconds %.9g\n", steps > 1 ? seconds / (steps - 1) : seconds);
  tenon_close(context);
  return 0;
}
