// A state with room on a device: what goes there and comes back.
#include "append.h"

#include <stdio.h>
#include <string.h>

static tenon_error error;

static void print(tenon_context *context, const char *what, int64_t rows) {
  tenon_tensor past;
  if (tenon_get_state(context, 0, &past, &error)) {
    printf("%s: %s\n", what, error.message);
    return;
  }
  const float *data = past.data;
  printf("%s: %d rows:", what, (int)past.shape[1]);
  for (int64_t half = 0; half < 2; ++half)
    for (int64_t i = 0; i < rows && i < past.shape[1]; ++i)
      printf(" %g", data[(half * past.shape[1] + i) * 4 + 3]);
  putchar('\n');
}

int main(void) {
  tenon_options options = TENON_OPTIONS_INIT;
  options.device = TENON_DEVICE_CUDA;
  tenon_context *context = (tenon_context *)append_open(&options, &error),
                *other = (tenon_context *)append_open(&options, &error);
  float values[24], x[8] = {0};
  const int64_t shape[] = {2, 3, 4}, row[] = {2, 1, 4};
  for (int i = 0; i < 24; ++i)
    values[i] = (float)(i + 1);
  tenon_tensor past = {values, shape, TENON_FLOAT32, 3}, sum = {0};
  tenon_tensor input = {x, row, TENON_FLOAT32, 3};
  if (!context || !other) {
    puts(error.message);
    return 1;
  }
  print(context, "at first", 3);
  tenon_run(other, &input, &sum, &error);
  print(other, "appended to the first value", 1);
  tenon_set_state(context, 0, &past, &error);
  print(context, "set", 3);
  tenon_run(context, &input, &sum, &error);
  print(context, "appended", 3);
  tenon_shorten_state(context, "p", 2, &error);
  print(context, "cut", 3);
  tenon_copy_state(other, context, &error);
  print(other, "copied", 3);
  tenon_close(context);
  tenon_close(other);
  return 0;
}
