//===- Print.c - models, tensors and profiles as text ---------------------===//
#include "Runner.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MaxPrinted = 10 };

// A dimension that changes has a text of its own, or is a symbol.
static void printDims(const char *const *names, const int64_t *dims,
                      int32_t rank, const char *const *symbols) {
  printf(" [");
  for (int32_t i = 0; i < rank; ++i) {
    const char *name = names ? names[i] : NULL;
    if (!name && dims[i] < 0)
      name = dims[i] <= TENON_DIM_LATE ? "?" : symbols[~dims[i]];
    printf("%s", i ? ", " : "");
    if (name)
      printf("%s", name);
    else
      printf("%" PRId64, dims[i]);
  }
  printf("]\n");
}

static int getNameWidth(const tenon_value_info *values, int32_t count) {
  int width = 0;
  for (int32_t i = 0; i < count; ++i) {
    int length = (int)strlen(values[i].name);
    width = length > width ? length : width;
  }
  return width;
}

static void printValues(const char *title, const tenon_value_info *values,
                        int32_t count, const char *const *symbols) {
  int width = getNameWidth(values, count);
  printf("%s:\n", title);
  for (int32_t i = 0; i < count; ++i) {
    printf("  %-*s  %s", width, values[i].name,
           tenon_dtype_name(values[i].dtype));
    printDims(values[i].dim_names, values[i].dims, values[i].rank, symbols);
  }
}

void tenon_runner_describe(const tenon_model *model) {
  for (int32_t i = 0; i < model->num_functions; ++i) {
    const tenon_function *function = &model->functions[i];
    if (model->num_functions > 1)
      printf("%sfunction %s\n", i ? "\n" : "", function->name);
    printValues("inputs", function->inputs, function->num_inputs,
                function->symbols);
    printValues("outputs", function->outputs, function->num_outputs,
                function->symbols);
  }
  if (model->num_states)
    printf("states:\n");
  for (int32_t i = 0; i < model->num_states; ++i) {
    const tenon_state_info *state = &model->states[i];
    printf("  %s  %s", state->name, tenon_dtype_name(state->dtype));
    printDims(state->dim_names, state->dims, state->rank, NULL);
  }
}

static float fromHalf(uint16_t half) {
  uint32_t exponent = half >> 10 & 0x1f, mantissa = half & 0x3ff;
  float value = exponent == 0 ? (float)mantissa * 0x1p-24f
                              : (float)(mantissa | 0x400) * 0x1p-25f;
  if (exponent == 0x1f)
    value = mantissa ? __builtin_nanf("") : __builtin_inff();
  else if (exponent)
    value *= (float)(1u << exponent);
  return half >> 15 ? -value : value;
}

static void printElement(const tenon_value *tensor, int64_t i) {
  const void *data = tensor->data;
  switch (tensor->dtype) {
  case TENON_FLOAT32:
    printf("%g", ((const float *)data)[i]);
    return;
  case TENON_FLOAT64:
    printf("%g", ((const double *)data)[i]);
    return;
  case TENON_FLOAT16:
    printf("%g", fromHalf(((const uint16_t *)data)[i]));
    return;
  case TENON_BFLOAT16: {
    uint32_t bits = (uint32_t)((const uint16_t *)data)[i] << 16;
    float value;
    memcpy(&value, &bits, sizeof(value));
    printf("%g", value);
    return;
  }
  case TENON_INT8:
    printf("%d", ((const int8_t *)data)[i]);
    return;
  case TENON_INT16:
    printf("%d", ((const int16_t *)data)[i]);
    return;
  case TENON_INT32:
    printf("%" PRId32, ((const int32_t *)data)[i]);
    return;
  case TENON_INT64:
    printf("%" PRId64, ((const int64_t *)data)[i]);
    return;
  case TENON_BOOL:
    printf("%s", ((const uint8_t *)data)[i] ? "true" : "false");
    return;
  default: { // unsigned integers, and the bits of what C has no type for
    int32_t width = tenon_dtype_bits(tensor->dtype) / 8;
    uint64_t value = 0;
    memcpy(&value, (const uint8_t *)data + i * width, width > 8 ? 8 : width);
    printf("%" PRIu64, value);
  }
  }
}

void tenon_runner_print_tensor(const char *name, const tenon_value *tensor) {
  int64_t count = tenon_num_elements(tensor->shape, tensor->rank);
  // Elements of less than a byte are not shown.
  int64_t shown = tenon_dtype_bits(tensor->dtype) < 8 ? 0 : count;
  shown = shown < MaxPrinted ? shown : MaxPrinted;
  printf("%s: %s [", name, tenon_dtype_name(tensor->dtype));
  for (int32_t i = 0; i < tensor->rank; ++i)
    printf("%s%" PRId64, i ? ", " : "", tensor->shape[i]);
  printf("]");
  for (int64_t i = 0; i < shown; ++i) {
    printf("%s", i ? ", " : " = ");
    printElement(tensor, i);
  }
  printf("%s\n", shown < count ? ", ..." : "");
}

static int compareEntries(const void *a, const void *b) {
  double x = ((const tenon_profile_entry *)a)->seconds;
  double y = ((const tenon_profile_entry *)b)->seconds;
  return (x < y) - (x > y);
}

void tenon_runner_print_profile(const tenon_context *context) {
  int32_t count = tenon_profile(context, NULL, 0);
  tenon_profile_entry *entries = calloc(count + 1, sizeof(*entries));
  if (!entries)
    return;
  tenon_profile(context, entries, count);
  qsort(entries, count, sizeof(*entries), compareEntries);
  printf("%12s %6s %9s %9s  %s\n", "ms a call", "calls", "GFLOP/s", "GB/s",
         "nodes");
  for (int32_t i = 0; i < count && entries[i].calls; ++i) {
    double nanoseconds = entries[i].seconds * 1e9 / (double)entries[i].calls;
    printf("%12.4f %6" PRId64 " %9.2f %9.2f  %s\n", nanoseconds * 1e-6,
           entries[i].calls, (double)entries[i].flops / nanoseconds,
           (double)entries[i].bytes / nanoseconds, entries[i].nodes);
  }
  free(entries);
}
