//===- ParameterValues.c - where a trainer's parameters lie ---------------===//
#include "Context.h"
#include "Device.h"
#include "Error.h"
#include "Trainer.h"

#include <stdlib.h>
#include <string.h>

// A context of the device that the steps run on; NULL: the CPU. What one
// context allocates there, all may use.
static Context *getDevice(const Trainer *trainer) {
  Context *context = trainer->base.training->num_steps
                         ? (Context *)trainer->contexts[0]
                         : NULL;
  return context && context->device ? context : NULL;
}

int tenon_rt_writes_in_place(const Trainer *trainer, int32_t step,
                             int32_t write) {
  const int32_t *donated =
      ((const Context *)trainer->contexts[step])->base.model->program->donated;
  return donated &&
         donated[trainer->base.training->steps[step].num_outputs + write] >= 0;
}

// Whether some step needs memory of its own for the parameter's next value.
static int needsNext(const Trainer *trainer, int32_t parameter) {
  const tenon_training *training = trainer->base.training;
  for (int32_t s = 0; s < training->num_steps; ++s) {
    const tenon_step *step = &training->steps[s];
    int32_t writes = step->model->num_outputs - step->num_outputs;
    for (int32_t i = 0; i < writes; ++i)
      if (step->writes[i] == parameter &&
          !tenon_rt_writes_in_place(trainer, s, i))
        return 1;
  }
  return 0;
}

static size_t alignUp(size_t size) { return (size + 63) / 64 * 64; }

// Lays the values out behind each other; returns the bytes that they take.
static size_t placeValues(Trainer *trainer, char *memory) {
  const tenon_training *training = trainer->base.training;
  size_t at = 0;
  for (int32_t i = 0; i < training->num_parameters; ++i) {
    size_t bytes = alignUp(training->parameters[i].bytes);
    if (memory)
      trainer->values[i] = memory + at;
    at += bytes;
    if (!needsNext(trainer, i))
      continue;
    if (memory)
      trainer->nexts[i] = memory + at;
    at += bytes;
  }
  return at;
}

static tenon_status allocate(Trainer *trainer, size_t bytes,
                             tenon_error *error) {
  const tenon_training *training = trainer->base.training;
  Context *device = getDevice(trainer);
  int isWhole;
  if (device) {
    trainer->memory = tenon_rt_allocate_on_device(device, bytes, error);
    if (!trainer->memory)
      return TENON_ERR_DEVICE;
    trainer->copies = malloc(training->initial_size + 1);
    isWhole = trainer->copies != NULL;
    bytes += training->initial_size;
  } else {
    isWhole = !posix_memalign(&trainer->memory, 64, bytes);
  }
  trainer->bytes = bytes;
  return isWhole ? TENON_OK
                 : tenon_rt_fail(error, TENON_ERR_MEMORY,
                                 "training program '%s': cannot allocate its "
                                 "parameters",
                                 training->name);
}

tenon_status tenon_rt_make_values(Trainer *trainer, tenon_error *error) {
  const tenon_training *training = trainer->base.training;
  size_t bytes = placeValues(trainer, NULL);
  tenon_status status = allocate(trainer, bytes ? bytes : 64, error);
  if (status != TENON_OK)
    return status;
  placeValues(trainer, trainer->memory);
  for (int32_t i = 0; i < training->num_parameters && status == TENON_OK; ++i)
    status = tenon_rt_write_value(trainer, i,
                                  (const char *)training->initial +
                                      training->parameters[i].offset,
                                  error);
  return status;
}

void tenon_rt_free_values(Trainer *trainer) {
  Context *device = trainer->contexts ? getDevice(trainer) : NULL;
  if (device)
    tenon_rt_free_on_device(device, trainer->memory);
  else
    free(trainer->memory);
  free(trainer->copies);
}

tenon_status tenon_rt_write_value(Trainer *trainer, int32_t parameter,
                                  const void *data, tenon_error *error) {
  Context *device = getDevice(trainer);
  size_t bytes = trainer->base.training->parameters[parameter].bytes;
  void *value = trainer->values[parameter];
  if (device && bytes)
    return tenon_rt_copy_to_device(device, value, data, bytes, error);
  memcpy(value, data, bytes);
  return TENON_OK;
}

const void *tenon_rt_read_value(Trainer *trainer, int32_t parameter,
                                tenon_error *error) {
  const tenon_parameter *p = &trainer->base.training->parameters[parameter];
  Context *device = getDevice(trainer);
  if (!device)
    return trainer->values[parameter];
  char *copy = trainer->copies + p->offset;
  if (p->bytes &&
      tenon_rt_copy_from_device(device, copy, trainer->values[parameter],
                                p->bytes, error) != TENON_OK)
    return NULL;
  return copy;
}
