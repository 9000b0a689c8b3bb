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

static tenon_status readFiles(const tenon_runner_options *options,
                              tenon_io_tensors *tensors, tenon_error *error) {
  tenon_status status = TENON_OK;
  for (int32_t i = 0; i < options->num_inputs && status == TENON_OK; ++i)
    status =
        isFolder(options->inputs[i])
            ? tenon_io_read_folder(options->inputs[i], "input", tensors, error)
            : tenon_io_read(options->inputs[i], tensors, error);
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
static void orderByName(const tenon_model *model, tenon_io_tensors *tensors) {
  for (int32_t i = 0; i < model->num_inputs; ++i)
    if (findByName(tensors, model->inputs[i].name) < 0)
      return;
  for (int32_t i = 0; i < model->num_inputs; ++i) {
    int32_t at = findByName(tensors, model->inputs[i].name);
    tenon_io_tensor item = tensors->items[i];
    tensors->items[i] = tensors->items[at];
    tensors->items[at] = item;
  }
}

static tenon_status refuseCount(const tenon_model *model, int32_t got,
                                tenon_error *error) {
  char names[256] = "";
  for (int32_t i = 0; i < model->num_inputs; ++i) {
    size_t used = strlen(names);
    snprintf(names + used, sizeof(names) - used, "%s'%s'", i ? ", " : "",
             model->inputs[i].name);
  }
  return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                       "model '%s': expected %d input%s (%s), got %d",
                       model->name, model->num_inputs,
                       model->num_inputs == 1 ? "" : "s", names, got);
}

// The symbols' sizes: 1 where the options have none.
static tenon_status getDims(const tenon_model *model,
                            const tenon_runner_options *options, int64_t *dims,
                            tenon_error *error) {
  for (int32_t i = 0; i < model->num_symbols; ++i)
    dims[i] = 1;
  for (int32_t i = 0; i < options->num_dims; ++i) {
    int32_t symbol = 0;
    while (symbol < model->num_symbols &&
           strcmp(model->symbols[symbol], options->dims[i].name))
      ++symbol;
    if (symbol == model->num_symbols)
      return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                           "model '%s' has no dimension '%s'", model->name,
                           options->dims[i].name);
    dims[symbol] = options->dims[i].size;
  }
  return TENON_OK;
}

// Inputs of these shapes, without data.
static tenon_status getShapes(tenon_context *context,
                              const tenon_runner_options *options,
                              tenon_tensor *shapes, tenon_error *error) {
  const tenon_model *model = context->model;
  int64_t *dims = calloc(model->num_symbols + 1, sizeof(*dims));
  if (!dims)
    return tenon_rt_fail(error, TENON_ERR_MEMORY, "cannot allocate dimensions");
  tenon_status status = getDims(model, options, dims, error);
  if (status == TENON_OK)
    status = tenon_input_shapes(context, dims, shapes, error);
  free(dims);
  return status;
}

static tenon_status makeRandom(tenon_context *context,
                               const tenon_runner_options *options,
                               tenon_io_tensors *tensors, tenon_error *error) {
  const tenon_model *model = context->model;
  uint64_t state = options->seed;
  tenon_tensor *shapes = calloc(model->num_inputs + 1, sizeof(*shapes));
  if (!shapes)
    return tenon_rt_fail(error, TENON_ERR_MEMORY, "cannot allocate inputs");
  tenon_status status = getShapes(context, options, shapes, error);
  for (int32_t i = 0; i < model->num_inputs && status == TENON_OK; ++i) {
    const tenon_value *value = &model->inputs[i];
    tenon_io_tensor *item =
        tenon_io_append(tensors, value->name, value->dtype, shapes[i].shape,
                        value->rank, error);
    if (item)
      tenon_io_fill_random(&item->tensor, value->min_index, value->max_index,
                           &state);
    else
      status = (tenon_status)error->status;
  }
  free(shapes);
  return status;
}

tenon_status tenon_runner_get_inputs(tenon_context *context,
                                     const tenon_runner_options *options,
                                     tenon_io_tensors *tensors,
                                     tenon_error *error) {
  const tenon_model *model = context->model;
  if (options->random)
    return makeRandom(context, options, tensors, error);
  tenon_status status = readFiles(options, tensors, error);
  if (status != TENON_OK)
    return status;
  if (tensors->count != model->num_inputs)
    return refuseCount(model, tensors->count, error);
  orderByName(model, tensors);
  return TENON_OK;
}
