// Runs a decoder that is handed its caches beside artefacts that keep them:
// what they compute has to be equal, bit for bit.
#include "large.h"
#include "small.h"
#include "stateless.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Batch = 2, Heads = 2, Head = 16, Width = 32, NumCaches = 4, Max = 96 };

static tenon_error error;

static void check(int holds, const char *what, int step) {
  if (holds)
    return;
  printf("step %d: %s: %s\n", step, what, error.message);
  exit(1);
}

// The caches as an application that holds them has them: dense.
static float caches[NumCaches][Batch * Heads * Max * Head];
static int64_t length;

static void shortenCaches(int64_t size) {
  for (int c = 0; c < NumCaches; ++c)
    for (int64_t i = 0; i < Batch * Heads; ++i)
      memmove(caches[c] + i * size * Head, caches[c] + i * length * Head,
              size * Head * sizeof(float));
  length = size;
}

static void runStateless(stateless_context *context, tenon_tensor x, float *y) {
  const int64_t past[] = {Batch, Heads, length, Head};
  tenon_tensor inputs[1 + NumCaches] = {x}, outputs[1 + NumCaches] = {{0}};
  for (int c = 0; c < NumCaches; ++c)
    inputs[1 + c] = (tenon_tensor){caches[c], past, TENON_FLOAT32, 4};
  check(!tenon_run((tenon_context *)context, inputs, outputs, &error),
        "stateless", length);
  memcpy(y, outputs[0].data, tenon_num_bytes(&outputs[0]));
  length = outputs[1].shape[2];
  for (int c = 0; c < NumCaches; ++c)
    memcpy(caches[c], outputs[1 + c].data, tenon_num_bytes(&outputs[1 + c]));
}

static void compare(tenon_context *context, tenon_tensor x, const float *y,
                    int step) {
  tenon_tensor result = {0};
  check(!tenon_run(context, &x, &result, &error), "stateful", step);
  check(!memcmp(result.data, y, tenon_num_bytes(&result)), "differs", step);
}

static void compareStates(tenon_context *context, int step) {
  for (int c = 0; c < NumCaches; ++c) {
    char name[16];
    tenon_tensor state;
    snprintf(name, sizeof(name), "past_%c%d", "kv"[c % 2], c / 2);
    check(!tenon_get_state(context, tenon_find_state(context->model, name),
                           &state, &error),
          "state", step);
    check(state.shape[2] == length &&
              !memcmp(state.data, caches[c], tenon_num_bytes(&state)),
          "state differs", step);
  }
}

// What kernels read and write besides the one pass over each cache that the
// attention needs does not grow with the caches.
static int64_t countBytes(tenon_context *context) {
  tenon_profile_entry entries[256];
  int32_t count = tenon_profile(context, entries, 256);
  int64_t bytes = 0;
  for (int32_t i = 0; i < count && i < 256; ++i)
    bytes += entries[i].bytes;
  return bytes;
}

static void printMovedBytes(tenon_context *context, tenon_tensor x) {
  tenon_tensor y = {0};
  check(!tenon_run(context, &x, &y, &error), "profiled", 0);
  int64_t before = countBytes(context);
  check(!tenon_run(context, &x, &y, &error), "profiled", 1);
  double moved = (double)(countBytes(context) - before);
  printf("a row of the caches moves %.1f times its bytes\n",
         moved / (NumCaches * Batch * Heads * Head * sizeof(float)));
}

int main(int argc, char **argv) {
  stateless_context *stateless = stateless_open(NULL, &error);
  tenon_context *first = (tenon_context *)small_open(NULL, &error);
  tenon_context *second = (tenon_context *)small_open(NULL, &error);
  tenon_context *third = (tenon_context *)large_open(NULL, &error);
  check(argc == 2 && stateless && first && second && third, "open", 0);
  static float values[Batch * 3 * Width], y[Batch * 3 * Width];
  unsigned seed = 7;
  for (int step = 0; step < 64; ++step) {
    const int64_t rows = step % 16 == 5 ? 3 : 1, shape[] = {Batch, rows, Width};
    tenon_tensor x = {values, shape, TENON_FLOAT32, 3};
    for (int64_t i = 0; i < Batch * rows * Width; ++i) {
      seed = seed * 1664525u + 1013904223u;
      values[i] = (float)(seed >> 8) / (1 << 23) - 1;
    }
    runStateless(stateless, x, y);
    compare(first, x, y, step);
    if (step > 30)
      compare(second, x, y, step);
    if (step > 40)
      compare(third, x, y, step);
    if (step % 8 == 0)
      compareStates(first, step);
    if (step == 20) { // rejected tokens
      shortenCaches(12);
      check(!tenon_shorten_state(first, "past", 12, &error), "shorten", step);
    }
    if (step == 30)
      check(!tenon_copy_state(second, first, &error), "copy", step);
    if (step == 40)
      check(!tenon_save_state(first, argv[1], NULL, 0, &error) &&
                !tenon_load_state(third, argv[1], NULL, NULL, &error),
            "save and load", step);
  }
  compareStates(second, 64);
  compareStates(third, 64);
  printf("64 steps are equal, the caches have %lld rows\n", (long long)length);
  const int64_t shape[] = {Batch, 1, Width};
  tenon_tensor x = {values, shape, TENON_FLOAT32, 3}, result = {0};
  while (!tenon_run(first, &x, &result, &error))
    ;
  puts(error.message);
  // what did not fit changed nothing
  check(!tenon_shorten_state(first, "past", length, &error), "shorten", 65);
  compareStates(first, 65);
  tenon_options options = TENON_OPTIONS_INIT;
  options.profile = 1;
  tenon_context *profiled = (tenon_context *)small_open(&options, &error);
  check(profiled && !tenon_copy_state(profiled, second, &error), "profile", 66);
  x.shape = shape;
  printMovedBytes(profiled, x);
  tenon_context *all[] = {first, second, third, profiled};
  for (int i = 0; i < 4; ++i)
    tenon_close(all[i]);
  stateless_close(stateless);
  return 0;
}
