//===- InspectArtefact.cpp - what a compiled model says of itself ---------===//

#include "tenon/Driver/Inspect.h"

#include "tenon-rt/program.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

using namespace llvm;
using namespace tenon;

/// Of a tenon_value, or a tenon_parameter, whose dimensions are numbers.
template <typename T> static json::Object describeValue(const T &value) {
  json::Array shape;
  for (int32_t i = 0; i < value.rank; ++i) {
    if constexpr (std::is_same_v<T, tenon_value>)
      if (value.dims[i] < 0) {
        shape.push_back(json::fixUTF8(value.dim_names[i]));
        continue;
      }
    shape.push_back(value.dims[i]);
  }
  return json::Object{{"name", json::fixUTF8(value.name)},
                      {"dtype", tenon_dtype_name(value.dtype)},
                      {"shape", std::move(shape)}};
}

static json::Array describeValues(ArrayRef<tenon_value> values) {
  json::Array list;
  for (const tenon_value &value : values)
    list.push_back(describeValue(value));
  return list;
}

/// Adds the architectures of GPUs that there is code for.
static void addDevices(const tenon_model &model, json::Object &report) {
  const tenon_model *device = model.program->on_device;
  if (!device)
    return;
  json::Array architectures;
  for (const tenon_rt_device_text &text :
       ArrayRef(device->program->texts, device->program->num_texts))
    architectures.push_back(text.arch);
  report["gpus"] = std::move(architectures);
}

json::Object tenon::inspectArtefact(const tenon_model &model) {
  json::Array symbols;
  for (const char *symbol : ArrayRef(model.symbols, model.num_symbols))
    symbols.push_back(json::fixUTF8(symbol));
  json::Object report{
      {"name", model.name},
      {"producer", model.producer},
      {"target", model.target},
      {"cpu_features", model.cpu_features},
      {"inputs", describeValues(ArrayRef(model.inputs, model.num_inputs))},
      {"outputs", describeValues(ArrayRef(model.outputs, model.num_outputs))},
      {"symbols", std::move(symbols)},
      {"parameters", model.num_parameters},
      {"weight_bytes", model.weights_size}};
  if (model.num_symbols == 0)
    report["flops"] = model.program->flops;
  if (model.weights_file)
    report["weights_file"] = model.weights_file;
  addDevices(model, report);
  return report;
}

json::Object tenon::inspectTraining(const tenon_training &training) {
  json::Array functions, parameters, state;
  for (const tenon_step &step : ArrayRef(training.steps, training.num_steps))
    functions.push_back(json::Object{
        {"name", step.name},
        {"inputs",
         describeValues(ArrayRef(step.model->inputs, step.num_inputs))},
        {"outputs",
         describeValues(ArrayRef(step.model->outputs, step.num_outputs))}});
  int64_t count = 0;
  for (const tenon_parameter &parameter :
       ArrayRef(training.parameters, training.num_parameters)) {
    (parameter.is_state ? state : parameters)
        .push_back(describeValue(parameter));
    if (!parameter.is_state)
      count += tenon_num_elements(parameter.dims, parameter.rank);
  }
  const tenon_model &model = *training.steps->model;
  json::Object report{{"name", training.name},
                      {"producer", training.producer},
                      {"target", model.target},
                      {"cpu_features", model.cpu_features},
                      {"parameters", count},
                      {"weight_bytes", training.initial_size},
                      {"functions", std::move(functions)},
                      {"parameter_list", std::move(parameters)},
                      {"state_list", std::move(state)}};
  addDevices(model, report);
  return report;
}
