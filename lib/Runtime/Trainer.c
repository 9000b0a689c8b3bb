//===- Trainer.c - running training programs ------------------------------===//
#include "Trainer.h"
#include "Error.h"
#include "tenon-rt/program.h"

#include <stdlib.h>
#include <string.h>

static void *allocate(size_t count, size_t size) {
  return calloc(count ? count : 1, size);
}

static int allocateTrainer(Trainer *trainer) {
  const tenon_training *training = trainer->base.training;
  int32_t inputs = 0, outputs = 0;
  for (int32_t i = 0; i < training->num_steps; ++i) {
    const tenon_model *model = training->steps[i].model;
    inputs = model->num_inputs > inputs ? model->num_inputs : inputs;
    outputs = model->num_outputs > outputs ? model->num_outputs : outputs;
  }
  trainer->contexts = allocate(training->num_steps, sizeof(tenon_context *));
  trainer->values = allocate(training->num_parameters, sizeof(void *));
  trainer->nexts = allocate(training->num_parameters, sizeof(void *));
  trainer->inputs = allocate(inputs, sizeof(tenon_tensor));
  trainer->outputs = allocate(outputs, sizeof(tenon_tensor));
  return trainer->contexts && trainer->values && trainer->nexts &&
         trainer->inputs && trainer->outputs;
}

static void closeTrainer(tenon_trainer *base) {
  Trainer *trainer = (Trainer *)base;
  tenon_rt_free_values(trainer);
  if (trainer->contexts)
    for (int32_t i = 0; i < base->training->num_steps; ++i)
      tenon_rt_close(trainer->contexts[i]);
  free(trainer->contexts);
  free(trainer->values);
  free(trainer->nexts);
  free(trainer->inputs);
  free(trainer->outputs);
  free(trainer);
}

static tenon_trainer *openTrainer(const tenon_training *training,
                                  const tenon_options *options,
                                  tenon_error *error) {
  Trainer *trainer = calloc(1, sizeof(Trainer));
  if (trainer)
    trainer->base.training = training;
  if (!trainer || !allocateTrainer(trainer)) {
    tenon_rt_fail(error, TENON_ERR_MEMORY,
                  "training program '%s': cannot allocate a trainer",
                  training->name);
    if (trainer)
      closeTrainer(&trainer->base);
    return NULL;
  }
  for (int32_t i = 0; i < training->num_steps; ++i) {
    trainer->contexts[i] =
        tenon_rt_open(training->steps[i].model, options, error);
    if (!trainer->contexts[i]) {
      closeTrainer(&trainer->base);
      return NULL;
    }
  }
  if (tenon_rt_make_values(trainer, error) != TENON_OK) {
    closeTrainer(&trainer->base);
    return NULL;
  }
  tenon_rt_succeed(error);
  return &trainer->base;
}

static void describe(const Trainer *trainer, int32_t parameter,
                     const void *data, tenon_tensor *tensor) {
  const tenon_parameter *p = &trainer->base.training->parameters[parameter];
  *tensor = (tenon_tensor){(void *)data, p->dims, p->dtype, p->rank};
}

static tenon_status runStep(tenon_trainer *base, int32_t number,
                            const tenon_tensor *inputs, tenon_tensor *outputs,
                            tenon_error *error) {
  Trainer *trainer = (Trainer *)base;
  if (number < 0 || number >= base->training->num_steps)
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "training program '%s': expected a function from 0 to "
                         "%d, got %d",
                         base->training->name, base->training->num_steps - 1,
                         number);
  const tenon_step *step = &base->training->steps[number];
  if ((!inputs && step->num_inputs) || (!outputs && step->num_outputs))
    return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                         "function '%s': expected %d inputs and %d outputs, "
                         "got NULL",
                         step->name, step->num_inputs, step->num_outputs);
  int32_t reads = step->model->num_inputs - step->num_inputs,
          writes = step->model->num_outputs - step->num_outputs;
  for (int32_t i = 0; i < step->num_inputs; ++i)
    trainer->inputs[i] = inputs[i];
  for (int32_t i = 0; i < reads; ++i)
    describe(trainer, step->reads[i], trainer->values[step->reads[i]],
             &trainer->inputs[step->num_inputs + i]);
  for (int32_t i = 0; i < step->num_outputs; ++i)
    trainer->outputs[i] = outputs[i];
  for (int32_t i = 0; i < writes; ++i) {
    int32_t p = step->writes[i];
    describe(trainer, p,
             tenon_rt_writes_in_place(trainer, number, i) ? trainer->values[p]
                                                          : trainer->nexts[p],
             &trainer->outputs[step->num_outputs + i]);
  }
  tenon_status status = tenon_rt_run(trainer->contexts[number], trainer->inputs,
                                     trainer->outputs, error);
  if (status != TENON_OK)
    return status;
  for (int32_t i = 0; i < step->num_outputs; ++i)
    outputs[i] = trainer->outputs[i];
  for (int32_t i = 0; i < writes; ++i) {
    if (tenon_rt_writes_in_place(trainer, number, i))
      continue;
    int32_t p = step->writes[i];
    void *old = trainer->values[p];
    trainer->values[p] = trainer->nexts[p];
    trainer->nexts[p] = old;
  }
  return TENON_OK;
}

static tenon_status checkParameter(const tenon_trainer *base, int32_t parameter,
                                   tenon_error *error) {
  if (parameter >= 0 && parameter < base->training->num_parameters)
    return TENON_OK;
  return tenon_rt_fail(error, TENON_ERR_ARGUMENT,
                       "training program '%s': expected a parameter from 0 to "
                       "%d, got %d",
                       base->training->name, base->training->num_parameters - 1,
                       parameter);
}

static tenon_status getParameter(tenon_trainer *base, int32_t parameter,
                                 tenon_tensor *tensor, tenon_error *error) {
  tenon_status status = checkParameter(base, parameter, error);
  if (status != TENON_OK)
    return status;
  const void *value = tenon_rt_read_value((Trainer *)base, parameter, error);
  if (!value)
    return TENON_ERR_DEVICE;
  describe((Trainer *)base, parameter, value, tensor);
  return tenon_rt_succeed(error);
}

static tenon_status setParameter(tenon_trainer *base, int32_t parameter,
                                 const tenon_tensor *tensor,
                                 tenon_error *error) {
  tenon_status status = checkParameter(base, parameter, error);
  if (status != TENON_OK)
    return status;
  const tenon_parameter *p = &base->training->parameters[parameter];
  int isEqual = tensor && tensor->data && tensor->dtype == p->dtype &&
                tensor->rank == p->rank;
  for (int32_t i = 0; isEqual && i < p->rank; ++i)
    isEqual = tensor->shape[i] == p->dims[i];
  if (!isEqual)
    return tenon_rt_fail(error, TENON_ERR_SHAPE,
                         "parameter '%s': expected a tensor of its type and "
                         "shape, got another",
                         p->name);
  status =
      tenon_rt_write_value((Trainer *)base, parameter, tensor->data, error);
  return status == TENON_OK ? tenon_rt_succeed(error) : status;
}

static int64_t getBytes(const tenon_trainer *base) {
  const Trainer *trainer = (const Trainer *)base;
  int64_t bytes = trainer->bytes;
  for (int32_t i = 0; i < base->training->num_steps; ++i)
    bytes += tenon_workspace_bytes(trainer->contexts[i]);
  return bytes;
}

const tenon_training_functions tenon_rt_training_functions = {
    openTrainer,
    closeTrainer,
    runStep,
    getParameter,
    setParameter,
    tenon_rt_save_parameters,
    tenon_rt_load_parameters,
    getBytes};
