// Cancels a call of a decoder before each of its kernels in turn, behind every
// append to a cache: the caches are what they were, and the call that comes
// through gives what it gives in a context that was never cancelled.
#include "small.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NumCaches = 4, Width = 32, Batch = 2, Bytes = 1 << 16 };

static tenon_error error;

static void check(int holds, const char *what) {
  if (holds)
    return;
  printf("%s: %s\n", what, error.message);
  exit(1);
}

static int32_t countDown(void *user) { return --*(int *)user < 0; }

static void readCaches(tenon_context *context, char *bytes, int64_t *length) {
  for (int c = 0; c < NumCaches; ++c) {
    tenon_tensor state;
    check(!tenon_get_state(context, c, &state, &error), "state");
    *length = state.shape[2];
    memcpy(bytes + c * Bytes / NumCaches, state.data, tenon_num_bytes(&state));
  }
}

static tenon_status call(tenon_context *context, float *x, float *y,
                         const tenon_call_options *options) {
  const int64_t shape[] = {Batch, 1, Width};
  tenon_value in = {x, shape, TENON_FLOAT32, 3}, out = {0};
  tenon_status status = tenon_call(context, 0, &in, &out, options, &error);
  if (status == TENON_OK)
    memcpy(y, out.data, Batch * Width * sizeof(float));
  return status;
}

int main(void) {
  tenon_context *context = (tenon_context *)small_open(NULL, &error),
                *other = (tenon_context *)small_open(NULL, &error);
  float x[Batch * Width], y[Batch * Width], expected[Batch * Width];
  static char before[Bytes], after[Bytes];
  int64_t length = 0, lengthAfter = 0;
  check(context && other, "open");
  for (int i = 0; i < Batch * Width; ++i)
    x[i] = (float)(i % 7) - 3;
  for (int i = 0; i < 3; ++i)
    check(!call(context, x, y, NULL), "a step");
  check(!tenon_copy_state(other, context, &error), "copy");
  check(!call(other, x, expected, NULL), "the step");
  readCaches(context, before, &length);

  int kernels = 0, left;
  tenon_call_options options = TENON_CALL_OPTIONS_INIT;
  options.is_cancelled = countDown;
  options.cancel_user = &left;
  while ((left = kernels, call(context, x, y, &options)) ==
         TENON_ERR_CANCELLED) {
    readCaches(context, after, &lengthAfter);
    if (length != lengthAfter || memcmp(before, after, sizeof(before)))
      printf("cancelled before kernel %d: the caches have changed\n", kernels);
    ++kernels;
  }
  check(error.status == TENON_OK, "the step");
  check(!memcmp(y, expected, sizeof(y)), "the step differs");
  printf("cancelled before each of %d kernels\n", kernels);
  tenon_close(context);
  tenon_close(other);
  return 0;
}
