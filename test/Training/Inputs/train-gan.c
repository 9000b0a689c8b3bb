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
static size_t copyParameters(tenon_trainer *trainer, const char *prefix,
                             char *to) {
  tenon_error error;
  size_t size = 0;
  for (int32_t i = 0; i < trainer->training->num_parameters; ++i) {
    const tenon_parameter *p = &trainer->training->parameters[i];
    tenon_tensor tensor;
    if (strncmp(p->name, prefix, strlen(prefix)))
      continue;
    if (tenon_trainer_get(trainer, i, &tensor, &error))
      fail(error.message);
    memcpy(to + size, tensor.data, p->bytes);
    size += p->bytes;
  }
  return size;
}

static void run(tenon_trainer *trainer, int32_t step,
                const tenon_tensor *inputs, tenon_tensor *outputs,
                const char *mine, const char *others) {
  static char before[MaxBytes], after[MaxBytes], myBefore[MaxBytes],
      myAfter[MaxBytes];
  tenon_error error;
  size_t size = copyParameters(trainer, others, before);
  size_t mySize = copyParameters(trainer, mine, myBefore);
  if (tenon_trainer_run(trainer, step, inputs, outputs, &error))
    fail(error.message);
  copyParameters(trainer, others, after);
  copyParameters(trainer, mine, myAfter);
  if (memcmp(before, after, size))
    fail("a step changed the other's parameters");
  if (!memcmp(myBefore, myAfter, mySize))
    fail("a step changed nothing");
}

int main(void) {
  static float real[Batch * 2], noise[Batch * Noise];
  const int64_t realShape[] = {Batch, 2}, noiseShape[] = {Batch, Noise};
  tenon_error error;
  tenon_trainer *trainer = tenon_trainer_open(&gan_training, NULL, &error);
  if (!trainer)
    fail(error.message);
  tenon_tensor realInput = {real, realShape, TENON_FLOAT32, 2},
               noiseInput = {noise, noiseShape, TENON_FLOAT32, 2};
  tenon_tensor inputs[] = {realInput, noiseInput}, outputs[2];
  double radius = 0;
  for (int step = 0; step < 1500; ++step) {
    for (int i = 0; i < Batch; ++i) {
      double angle = (rand() % 8) * 0.7853981633974483;
      real[2 * i] = (float)(2 * cos(angle) + 0.05 * normal());
      real[2 * i + 1] = (float)(2 * sin(angle) + 0.05 * normal());
    }
    for (int i = 0; i < Batch * Noise; ++i)
      noise[i] = (float)normal();
    memset(outputs, 0, sizeof(outputs));
    run(trainer, gan_discriminator, inputs, outputs, "d.", "g.");
    memset(outputs, 0, sizeof(outputs));
    run(trainer, gan_generator, &noiseInput, outputs, "g.", "d.");
    const float *points = outputs[1].data;
    if (step >= 1400)
      for (int i = 0; i < Batch; ++i)
        radius += hypot(points[2 * i], points[2 * i + 1]) / Batch / 100;
  }
  printf("mean radius %.2f\n", radius);
  tenon_trainer_close(trainer);
  return radius > 1.2 && radius < 2.8 ? 0 : 1;
}
