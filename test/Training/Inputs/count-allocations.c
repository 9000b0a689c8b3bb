/* Counts the calls of malloc and its kin, which this program puts before
 * libc's, in steps after the first. */
#include "lenet.h"
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

static atomic_int allocations;

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

void *malloc(size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_malloc(size);
}
void *calloc(size_t count, size_t size) {
  atomic_fetch_add(&allocations, 1);
  return __libc_calloc(count, size);
}
int posix_memalign(void **memory, size_t alignment, size_t size) {
  atomic_fetch_add(&allocations, 1);
  *memory = __libc_memalign(alignment, size);
  return *memory ? 0 : 12;
}

int main(void) {
  static float images[32 * 28 * 28], loss;
  static int64_t labels[32];
  tenon_error error;
  lenet_context *context = lenet_open(NULL, &error);
  int before = 0;
  for (int step = 0; context && step < 6; ++step) {
    if (step == 1)
      before = atomic_load(&allocations);
    if (lenet_train(context, images, labels, &loss, &error)) {
      puts(error.message);
      return 1;
    }
  }
  int after = atomic_load(&allocations);
  if (!context || !before)
    return 1;
  printf("%d allocations in 5 steps\n", after - before);
  lenet_close(context);
  return 0;
}
