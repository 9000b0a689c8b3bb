/* Trains a LeNet from an application: pictures of bars, whose class is where
 * they stand. See README.md beside this file. */
#include "lenet.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { Batch = 32, Size = 28, Pixels = Size * Size, Classes = 10 };

static float images[Batch * Pixels];
static int64_t labels[Batch];

static void drawBatch(void) {
  for (int i = 0; i < Batch; ++i) {
    labels[i] = rand() % Classes;
    for (int p = 0; p < Pixels; ++p) {
      int column = p % Size, isBar = column / 2 == labels[i] + 2;
      images[i * Pixels + p] = isBar + 0.003f * (rand() % 100);
    }
  }
}

/* Which share of a batch the scores get right. */
static float getAccuracy(const float *scores) {
  int correct = 0;
  for (int i = 0; i < Batch; ++i) {
    int best = 0;
    for (int k = 1; k < Classes; ++k)
      if (scores[i * Classes + k] > scores[i * Classes + best])
        best = k;
    correct += best == labels[i];
  }
  return (float)correct / Batch;
}

static int fail(const tenon_error *error) {
  fprintf(stderr, "%s\n", error->message);
  return 1;
}

int main(int argc, char **argv) {
  const char *file = argc > 1 ? argv[1] : "bars.parameters";
  const int64_t imageShape[] = {Batch, 1, Size, Size}, labelShape[] = {Batch};
  tenon_tensor inputs[] = {{images, imageShape, TENON_FLOAT32, 4},
                           {labels, labelShape, TENON_INT64, 1}};
  tenon_tensor outputs[2];
  tenon_error error;
  tenon_trainer *trainer = tenon_trainer_open(&lenet_training, NULL, &error);
  if (!trainer)
    return fail(&error);
  for (int step = 1; step <= 120; ++step) {
    drawBatch();
    memset(outputs, 0, sizeof(outputs)); /* lent by the trainer */
    if (tenon_trainer_run(trainer, lenet_train, inputs, outputs, &error))
      return fail(&error);
    if (step % 40 == 0)
      printf("step %d: loss %.3f\n", step, *(const float *)outputs[0].data);
  }
  if (tenon_trainer_save(trainer, file, NULL, 0, &error))
    return fail(&error);
  tenon_trainer_close(trainer);

  /* Later, elsewhere: the parameters come from the file. */
  trainer = tenon_trainer_open(&lenet_training, NULL, &error);
  if (!trainer || tenon_trainer_load(trainer, file, NULL, NULL, &error))
    return fail(&error);
  drawBatch();
  memset(outputs, 0, sizeof(outputs));
  if (tenon_trainer_run(trainer, lenet_evaluate, inputs, outputs, &error))
    return fail(&error);
  printf("accuracy %.2f\n", getAccuracy(outputs[1].data));
  tenon_trainer_close(trainer);
  return 0;
}
