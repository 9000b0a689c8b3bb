/* Trains the GAN of gan.mlir on a ring of Gaussians, and watches over whose
 * parameters a step changes. */
#include "gan.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Batch = 64, Noise = 4, MaxBytes = 1 << 16 };

static double uniform(void) { return (rand() + 0.5) / (RAND_MAX + 1.0); }
static double normal(void) {
  return sqrt(-2 * log(uniform())) * cos(6.283185307179586 * uniform());
}

static void fail(const char *what) {
  printf("%s\n", what);
  exit(1);
}

/* All parameters whose names begin with `prefix`, one behind the other. */
static size_t copyParameters(gan_context *context, const char *prefix,
                             char *to) {
  tenon_error error;
  size_t size = 0;
  for (int32_t i = 0; i < gan_model.num_states; ++i) {
    tenon_tensor tensor;
    if (strncmp(gan_model.states[i].name, prefix, strlen(prefix)))
      continue;
    if (tenon_get_state(context, i, &tensor, &error))
      fail(error.message);
    size_t bytes = (size_t)tenon_num_bytes(&tensor);
    memcpy(to + size, tensor.data, bytes);
    size += bytes;
  }
  return size;
}

static char before[MaxBytes], myBefore[MaxBytes];
static size_t size, mySize;

static void watch(gan_context *context, const char *mine, const char *others) {
  size = copyParameters(context, others, before);
  mySize = copyParameters(context, mine, myBefore);
}

static void check(gan_context *context, const char *mine, const char *others) {
  static char after[MaxBytes];
  copyParameters(context, others, after);
  if (memcmp(before, after, size))
    fail("a step changed the other's parameters");
  copyParameters(context, mine, after);
  if (!memcmp(myBefore, after, mySize))
    fail("a step changed nothing");
}

int main(void) {
  static float real[Batch * 2], noise[Batch * Noise], points[Batch * 2], loss;
  tenon_error error;
  gan_context *context = gan_open(NULL, &error);
  if (!context)
    fail(error.message);
  double radius = 0;
  for (int step = 0; step < 1500; ++step) {
    for (int i = 0; i < Batch; ++i) {
      double angle = (rand() % 8) * 0.7853981633974483;
      real[2 * i] = (float)(2 * cos(angle) + 0.05 * normal());
      real[2 * i + 1] = (float)(2 * sin(angle) + 0.05 * normal());
    }
    for (int i = 0; i < Batch * Noise; ++i)
      noise[i] = (float)normal();
    watch(context, "d.", "g.");
    if (gan_discriminator(context, real, noise, &loss, &error))
      fail(error.message);
    check(context, "d.", "g.");
    watch(context, "g.", "d.");
    if (gan_generator(context, noise, &loss, points, &error))
      fail(error.message);
    check(context, "g.", "d.");
    if (step >= 1400)
      for (int i = 0; i < Batch; ++i)
        radius += hypot(points[2 * i], points[2 * i + 1]) / Batch / 100;
  }
  printf("mean radius %.2f\n", radius);
  gan_close(context);
  return radius > 1.2 && radius < 2.8 ? 0 : 1;
}
