// A call with an index out of range, between two that are right: the cache is
// what it was.
#include "caches.h"

#include <stdio.h>
#include <string.h>

enum { Elements = 2 * 8 * 16, Row = 2 * 16 };

int main(void) {
  tenon_error error;
  tenon_context *context = (tenon_context *)caches_open(NULL, &error);
  float rows[Row], before[Elements];
  int64_t at = 2;
  const int64_t shape[] = {1, 2, 1, 16}, one[] = {1};
  for (int i = 0; i < Row; ++i)
    rows[i] = (float)(i + 1);
  tenon_tensor inputs[] = {{rows, shape, TENON_FLOAT32, 4},
                           {&at, one, TENON_INT64, 1}};
  tenon_tensor sum = {0}, cache;
  if (!context || tenon_run(context, inputs, &sum, &error) ||
      tenon_get_state(context, 0, &cache, &error)) {
    puts(error.message);
    return 1;
  }
  memcpy(before, cache.data, sizeof(before));
  at = 8;
  if (tenon_run(context, inputs, &sum, &error) != TENON_ERR_INDEX)
    return 1;
  puts(error.message);
  if (tenon_get_state(context, 0, &cache, &error))
    return 1;
  int differ = 0;
  for (int i = 0; i < Elements; ++i)
    differ += before[i] != ((float *)cache.data)[i];
  printf("%d elements differ\n", differ);
  tenon_close(context);
  return 0;
}
