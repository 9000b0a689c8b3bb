/* Trains a LeNet from an application: pictures of bars, whose class is where
 * they stand. See README.md beside this file. */
#include "lenet.h"
#include <stdio.h>
#include <stdlib.h>

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
  const char *file = argc > 1 ? argv[1] : "bars.state";
  float loss;
  tenon_error error;
  lenet_context *context = lenet_open(NULL, &error);
  if (!context)
    return fail(&error);
  for (int step = 1; step <= 120; ++step) {
    drawBatch();
    if (lenet_train(context, images, labels, &loss, &error))
      return fail(&error);
    if (step % 40 == 0)
      printf("step %d: loss %.3f\n", step, loss);
  }
  if (tenon_save_state(context, file, NULL, 0, &error))
    return fail(&error);
  lenet_close(context);

  /* Later, elsewhere: the parameters come from the file. Evaluation takes
   * batches of any size, so its inputs have shapes. */
  const int64_t imageShape[] = {Batch, 1, Size, Size}, labelShape[] = {Batch};
  tenon_tensor inputs[] = {{images, imageShape, TENON_FLOAT32, 4},
                           {labels, labelShape, TENON_INT64, 1}};
  tenon_tensor outputs[2] = {{0}}; /* lent by the context */
  context = lenet_open(NULL, &error);
  if (!context || tenon_load_state(context, file, NULL, NULL, &error))
    return fail(&error);
  drawBatch();
  if (lenet_evaluate(context, inputs, outputs, &error))
    return fail(&error);
  printf("accuracy %.2f\n", getAccuracy(outputs[1].data));
  lenet_close(context);
  return 0;
}
