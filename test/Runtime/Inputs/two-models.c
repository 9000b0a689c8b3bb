//===- two-models.c - two compiled models in one process ------------------===//
//
// two-models FIRST.so SECOND.so: opens both, runs both at once on two threads,
// and checks that results stay the same and that one pool serves both.
//
//===----------------------------------------------------------------------===//
#include "tenon-rt/tenon.h"

#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MaxValues = 16, Runs = 300, Size = 64 };

static void fail(const char *message) {
  fprintf(stderr, "two-models: %s\n", message);
  exit(1);
}

static int countThreads(void) {
  int count = -2; // for . and ..
  DIR *tasks = opendir("/proc/self/task");
  while (readdir(tasks))
    ++count;
  closedir(tasks);
  return count;
}

// A thread that has been joined may be listed for a moment longer.
static void expectThreads(int expected, const char *message) {
  for (int i = 0; i < 1000 && countThreads() != expected; ++i)
    usleep(1000);
  if (countThreads() != expected)
    fail(message);
}

static tenon_context *openModel(const char *path) {
  tenon_error error;
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  const tenon_model *model =
      library ? (const tenon_model *)dlsym(library, "tenon_model") : NULL;
  if (!model)
    fail(dlerror());
  tenon_context *context = tenon_open(model, NULL, &error);
  if (!context)
    fail(error.message);
  return context;
}

// Inputs of ones, of 64 in each dynamic dimension.
static void makeInputs(tenon_context *context, tenon_tensor *inputs) {
  int64_t dims[MaxValues];
  tenon_error error;
  for (int i = 0; i < MaxValues; ++i)
    dims[i] = Size;
  if (tenon_input_shapes(context, 0, dims, inputs, &error) != TENON_OK)
    fail(error.message);
  for (int32_t i = 0; i < context->model->functions->num_inputs; ++i) {
    int64_t count = tenon_num_elements(inputs[i].shape, inputs[i].rank);
    float *data = (float *)calloc((size_t)count, sizeof(float));
    for (int64_t at = 0; at < count; ++at)
      data[at] = 1;
    inputs[i].data = data;
  }
}

static void *runOften(void *arg) {
  tenon_context *context = (tenon_context *)arg;
  tenon_tensor inputs[MaxValues], outputs[MaxValues] = {0};
  tenon_error error;
  makeInputs(context, inputs);
  char *expected = NULL;
  for (int i = 0; i < Runs; ++i) {
    if (tenon_run(context, inputs, outputs, &error) != TENON_OK)
      fail(error.message);
    size_t bytes = (size_t)tenon_num_bytes(&outputs[0]);
    if (!expected)
      expected = (char *)memcpy(malloc(bytes), outputs[0].data, bytes);
    if (memcmp(expected, outputs[0].data, bytes))
      fail("expected the same results in each run");
  }
  free(expected);
  return NULL;
}

int main(int argc, char **argv) {
  tenon_context *first = openModel(argv[1]);
  int threads = countThreads();
  tenon_context *second = openModel(argv[2]);
  if (first->model->calls == second->model->calls)
    fail("expected a runtime in each library");
  expectThreads(threads, "expected one pool for both");
  pthread_t other;
  pthread_create(&other, NULL, runOften, first);
  runOften(second);
  pthread_join(other, NULL);
  expectThreads(threads, "expected no more threads after the runs");
  printf("%s and %s run together\n", first->model->name, second->model->name);
  tenon_close(first);
  tenon_close(second);
  expectThreads(1, "expected the pool to end with its last user");
  return 0;
}
