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

static int64_t getSize(const tenon_model *model,
                       const tenon_runner_options *options, int64_t dim) {
  if (dim >= 0)
    return dim;
  for (int32_t i = 0; i < options->num_dims; ++i)
    if (!strcmp(options->dims[i].name, model->symbols[~dim]))
      return options->dims[i].size;
  return 1;
}

static tenon_status checkDimNames(const tenon_model *model,
                                  const tenon_runner_options *options,
                                  tenon_error *error) {
  for (int32_t i = 0; i < options->num_dims; ++i) {
    int32_t symbol = 0;
    while (symbol < model->num_symbols &&
           strcmp(model->symbols[symbol], options->dims[i].name))
      ++symbol;
    if (symbol == model->num_symbols)
      return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                           "model '%s' has no dimension '%s'", model->name,
                           options->dims[i].name);
  }
  return TENON_OK;
}

static tenon_status makeRandom(const tenon_model *model,
                               const tenon_runner_options *options,
                               tenon_io_tensors *tensors, tenon_error *error) {
  tenon_status status = checkDimNames(model, options, error);
  uint64_t state = options->seed;
  for (int32_t i = 0; i < model->num_inputs && status == TENON_OK; ++i) {
    const tenon_value *value = &model->inputs[i];
    int64_t *shape = calloc(value->rank + 1, sizeof(*shape));
    for (int32_t d = 0; shape && d < value->rank; ++d)
      shape[d] = getSize(model, options, value->dims[d]);
    tenon_io_tensor *item =
        shape ? tenon_io_append(tensors, value->name, value->dtype, shape,
                                value->rank, error)
              : NULL;
    free(shape);
    if (!item)
      return tenon_rt_fail(error, TENON_ERR_MEMORY,
                           "cannot allocate input '%s'", value->name);
    tenon_io_fill_random(&item->tensor, value->min_index, value->max_index,
                         &state);
  }
  return status;
}

tenon_status tenon_runner_get_inputs(const tenon_model *model,
                                     const tenon_runner_options *options,
                                     tenon_io_tensors *tensors,
                                     tenon_error *error) {
  if (options->random)
    return makeRandom(model, options, tensors, error);
  tenon_status status = readFiles(options, tensors, error);
  if (status != TENON_OK)
    return status;
  if (tensors->count != model->num_inputs)
    return refuseCount(model, tensors->count, error);
  orderByName(model, tensors);
  return TENON_OK;
}
