//===- InspectArtefact.cpp - what a compiled model says of itself ---------===//

#include "tenon/Driver/Inspect.h"

#include "tenon-rt/program.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

using namespace llvm;
using namespace tenon;

/// Of a tenon_value_info or a tenon_state_info.
template <typename T> static json::Object describeValue(const T &value) {
  json::Array shape;
  for (int32_t i = 0; i < value.rank; ++i)
    if (value.dims[i] < 0)
      shape.push_back(json::fixUTF8(value.dim_names[i]));
    else
      shape.push_back(value.dims[i]);
  return json::Object{{"name", json::fixUTF8(value.name)},
                      {"dtype", tenon_dtype_name(value.dtype)},
                      {"shape", std::move(shape)}};
}

static json::Array describeValues(ArrayRef<tenon_value_info> values) {
  json::Array list;
  for (const tenon_value_info &value : values)
    list.push_back(describeValue(value));
  return list;
}

/// Adds what a function takes and gives.
static void describeFunction(const tenon_function &function,
                             const tenon_code &code, json::Object &report) {
  json::Array symbols;
  for (const char *symbol : ArrayRef(function.symbols, function.num_symbols))
    symbols.push_back(json::fixUTF8(symbol));
  report["inputs"] =
      describeValues(ArrayRef(function.inputs, function.num_inputs));
  report["outputs"] =
      describeValues(ArrayRef(function.outputs, function.num_outputs));
  report["symbols"] = std::move(symbols);
  if (function.num_symbols == 0)
    report["flops"] = code.flops;
  if (code.live_bytes >= 0) {
    report["arena_bytes"] = code.arena_bytes;
    report["live_bytes"] = code.live_bytes;
  }
}

static json::Array describeFunctions(const tenon_model &model) {
  json::Array list;
  for (int32_t i = 0; i < model.num_functions; ++i) {
    json::Object function{{"name", json::fixUTF8(model.functions[i].name)}};
    describeFunction(model.functions[i], model.program->functions[i], function);
    list.push_back(std::move(function));
  }
  return list;
}

static json::Array describeStates(const tenon_model &model) {
  static constexpr StringLiteral kinds[] = {"trained", "kept", "scratch"};
  json::Array list;
  for (const tenon_state_info &state :
       ArrayRef(model.states, model.num_states)) {
    json::Object object = describeValue(state);
    object["kind"] = kinds[state.kind];
    object["capacity"] = json::Array(ArrayRef(state.capacity, state.rank));
    object["updated_in_place"] = state.is_updated != 0;
    list.push_back(std::move(object));
  }
  return list;
}

/// Adds the architectures of GPUs that there is code for.
static void addDevices(const tenon_model &model, json::Object &report) {
  const tenon_program *device = model.program->on_device;
  if (!device)
    return;
  json::Array architectures;
  for (const tenon_rt_device_text &text :
       ArrayRef(device->texts, device->num_texts))
    architectures.push_back(text.arch);
  report["gpus"] = std::move(architectures);
}

json::Object tenon::inspectArtefact(const tenon_model &model,
                                    int32_t function) {
  if (model.num_functions == 1)
    function = 0;
  json::Object report{{"name", model.name},
                      {"producer", model.producer},
                      {"target", model.target},
                      {"cpu_features", model.cpu_features},
                      {"parameters", model.num_parameters},
                      {"weight_bytes", model.program->weights_size}};
  if (function >= 0)
    describeFunction(model.functions[function],
                     model.program->functions[function], report);
  else
    report["functions"] = describeFunctions(model);
  if (model.num_states)
    report["state_list"] = describeStates(model);
  if (model.program->weights_file)
    report["weights_file"] = model.program->weights_file;
  addDevices(model, report);
  return report;
}
