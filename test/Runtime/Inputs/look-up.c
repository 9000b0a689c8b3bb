/* Looks the indices of its arguments up in lookup.mlir's model, then index 0.
 */
#include "lookup.h"
#include <stdio.h>
#include <stdlib.h>

static void run(lookup_context *context, int64_t *ids, int64_t count,
                float *table, const char *what) {
  tenon_tensor inputs[] = {{ids, (int64_t[]){count}, TENON_INT64, 1},
                           {table, (int64_t[]){5, 4}, TENON_FLOAT32, 2}};
  tenon_tensor output = {0};
  tenon_error error;
  tenon_status status = lookup_run(context, inputs, &output, &error);
  printf("%sstatus %d:%s%s", what, status, *error.message ? " " : "",
         error.message);
  for (int64_t i = 0; status == TENON_OK && i < 4 * count; ++i)
    printf(" %g", ((float *)output.data)[i]);
  printf("\n");
}

int main(int argc, char **argv) {
  float table[20];
  int64_t ids[8] = {0};
  for (int i = 0; i < 20; ++i)
    table[i] = (float)i;
  for (int i = 1; i < argc; ++i)
    ids[i - 1] = strtoll(argv[i], NULL, 10);
  lookup_context *context = lookup_open(NULL, NULL);
  run(context, ids, argc - 1, table, "");
  run(context, (int64_t[]){0}, 1, table, "again: ");
  lookup_close(context);
  return 0;
}
