//===- Inputs.c - inputs from files, or made up ---------------------------===//
#include "../Error.h"
#include "Runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static int isFolder(const char *path) {
  struct stat info;
  return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static tenon_status readFiles(const char *const *inputs, int32_t count,
                              tenon_io_tensors *tensors, tenon_error *error) {
  tenon_status status = TENON_OK;
  for (int32_t i = 0; i < count && status == TENON_OK; ++i)
    status = isFolder(inputs[i])
                 ? tenon_io_read_folder(inputs[i], "input", tensors, error)
                 : tenon_io_read(inputs[i], tensors, error);
  return status;
}

// The tensor with the input's name, if there is just one.
static int32_t findByName(const tenon_io_tensors *tensors, const char *name) {
  int32_t found = -1;
  for (int32_t i = 0; i < tensors->count; ++i)
    if (!strcmp(tensors->items[i].name, name)) {
      if (found >= 0)
        return -1;
      found = i;
    }
  return found;
}

// Puts the tensors in the order of the inputs if each input has one of its
// name; otherwise they are in order already.
static void orderByName(const tenon_function *function,
                        tenon_io_tensors *tensors) {
  for (int32_t i = 0; i < function->num_inputs; ++i)
    if (findByName(tensors, function->inputs[i].name) < 0)
      return;
  for (int32_t i = 0; i < function->num_inputs; ++i) {
    int32_t at = findByName(tensors, function->inputs[i].name);
    tenon_io_tensor item = tensors->items[i];
    tensors->items[i] = tensors->items[at];
    tensors->items[at] = item;
  }
}

static tenon_status refuseCount(const Job *job, int32_t got,
                                tenon_error *error) {
  const tenon_function *function = job->function;
  char names[256] = "";
  for (int32_t i = 0; i < function->num_inputs; ++i) {
    size_t used = strlen(names);
    snprintf(names + used, sizeof(names) - used, "%s'%s'", i ? ", " : "",
             function->inputs[i].name);
  }
  return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                       "model '%s': expected %d input%s (%s), got %d",
                       job->context->model->name, function->num_inputs,
                       function->num_inputs == 1 ? "" : "s", names, got);
}

// The symbols' sizes: 1 where the options have none.
static tenon_status getDims(const Job *job, int64_t *dims, tenon_error *error) {
  const tenon_function *function = job->function;
  const tenon_runner_options *options = job->options;
  for (int32_t i = 0; i < function->num_symbols; ++i)
    dims[i] = 1;
  for (int32_t i = 0; i < options->num_dims; ++i) {
    int32_t symbol = 0;
    while (symbol < function->num_symbols &&
           strcmp(function->symbols[symbol], options->dims[i].name))
      ++symbol;
    if (symbol == function->num_symbols)
      return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                           "model '%s' has no dimension '%s'",
                           job->context->model->name, options->dims[i].name);
    dims[symbol] = options->dims[i].size;
  }
  return TENON_OK;
}

static tenon_status appendRandom(tenon_io_tensors *tensors,
                                 const tenon_value_info *value,
                                 const int64_t *shape, uint64_t *seed,
                                 tenon_error *error) {
  tenon_io_tensor *item = tenon_io_append(tensors, value->name, value->dtype,
                                          shape, value->rank, error);
  if (!item)
    return (tenon_status)error->status;
  tenon_io_fill_random(&item->tensor, value->min_index, value->max_index, seed);
  return TENON_OK;
}

// Gives a state that changes its size random elements, as many as `--dim` says.
static tenon_status fillState(const Job *job, const tenon_value_info *value,
                              int32_t number, const int64_t *dims,
                              uint64_t *seed, tenon_error *error) {
  int64_t shape[64];
  int isFixed = 1;
  for (int32_t i = 0; i < value->rank; ++i) {
    isFixed &= value->dims[i] >= 0;
    shape[i] = value->dims[i] >= 0 ? value->dims[i] : dims[~value->dims[i]];
  }
  if (isFixed)
    return TENON_OK;
  tenon_io_tensors tensors = {NULL, 0};
  tenon_status status = appendRandom(&tensors, value, shape, seed, error);
  if (status == TENON_OK)
    status =
        tenon_set_state(job->context, number, &tensors.items[0].tensor, error);
  tenon_io_free(&tensors);
  return status;
}

static tenon_status makeValues(const Job *job, const int64_t *dims,
                               tenon_tensor *shapes, tenon_io_tensors *tensors,
                               tenon_error *error) {
  const tenon_function *function = job->function;
  uint64_t seed = job->options->seed;
  tenon_status status =
      tenon_input_shapes(job->context, job->number, dims, shapes, error);
  for (int32_t i = 0; i < function->num_inputs && status == TENON_OK; ++i)
    status = appendRandom(tensors, &function->inputs[i], shapes[i].shape, &seed,
                          error);
  for (int32_t i = 0; i < function->num_reads && status == TENON_OK; ++i)
    status = fillState(job, &function->inputs[function->num_inputs + i],
                       function->reads[i], dims, &seed, error);
  return status;
}

static tenon_status makeRandom(const Job *job, tenon_io_tensors *tensors,
                               tenon_error *error) {
  const tenon_function *function = job->function;
  int64_t *dims = calloc(function->num_symbols + 1, sizeof(*dims));
  tenon_tensor *shapes = calloc(function->num_inputs + 1, sizeof(*shapes));
  tenon_status status =
      dims && shapes
          ? getDims(job, dims, error)
          : tenon_rt_fail(error, TENON_ERR_MEMORY, "cannot allocate inputs");
  if (status == TENON_OK)
    status = makeValues(job, dims, shapes, tensors, error);
  free(dims);
  free(shapes);
  return status;
}

// The state that input `number` of the model has become; -1: none.
static int32_t findState(const tenon_model *model, int32_t number) {
  for (int32_t i = 0; i < model->num_states; ++i)
    if (model->states[i].input_number == number)
      return i;
  return -1;
}

static int32_t countKeptInputs(const tenon_model *model) {
  int32_t count = 0;
  for (int32_t i = 0; i < model->num_states; ++i)
    count += model->states[i].input_number >= 0;
  return count;
}

// Takes those of the model's inputs that became state out of `tensors`.
static tenon_status takeState(const Job *job, int isFirstStep,
                              tenon_io_tensors *tensors, tenon_error *error) {
  tenon_context *context = job->context;
  tenon_status status = TENON_OK;
  tenon_io_tensors taken = {NULL, 0};
  int32_t own = 0;
  taken.items = calloc(tensors->count, sizeof(*taken.items));
  if (!taken.items)
    return tenon_rt_fail(error, TENON_ERR_MEMORY, "cannot allocate inputs");
  for (int32_t i = 0; i < tensors->count; ++i) {
    int32_t state = findState(context->model, i);
    if (state < 0) {
      tensors->items[own++] = tensors->items[i];
      continue;
    }
    taken.items[taken.count] = tensors->items[i];
    if (isFirstStep && status == TENON_OK)
      status = tenon_set_state(context, state, &taken.items[taken.count].tensor,
                               error);
    ++taken.count;
  }
  tensors->count = own;
  tenon_io_free(&taken);
  return status;
}

tenon_status tenon_runner_get_inputs(const Job *job, const char *const *inputs,
                                     int32_t count, int isFirstStep,
                                     tenon_io_tensors *tensors,
                                     tenon_error *error) {
  const tenon_function *function = job->function;
  if (job->options->random)
    return makeRandom(job, tensors, error);
  tenon_status status = readFiles(inputs, count, tensors, error);
  if (status != TENON_OK)
    return status;
  int32_t kept = countKeptInputs(job->context->model);
  if (kept && tensors->count == function->num_inputs + kept)
    status = takeState(job, isFirstStep, tensors, error);
  if (status != TENON_OK)
    return status;
  if (tensors->count != function->num_inputs)
    return refuseCount(job, tensors->count, error);
  orderByName(function, tensors);
  return TENON_OK;
}
