//===- InspectArtefact.cpp - what a compiled model says of itself
//----------===//

#include "tenon/Driver/Inspect.h"

#include "tenon-rt/program.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

using namespace llvm;
using namespace tenon;

static json::Array describeShape(const tenon_value &value) {
  json::Array shape;
  for (int32_t i = 0; i < value.rank; ++i) {
    if (value.dims[i] >= 0)
      shape.push_back(value.dims[i]);
    else
      shape.push_back(json::fixUTF8(value.dim_names[i]));
  }
  return shape;
}

static json::Array describeValues(ArrayRef<tenon_value> values) {
  json::Array list;
  for (const tenon_value &value : values)
    list.push_back(json::Object{{"name", json::fixUTF8(value.name)},
                                {"dtype", tenon_dtype_name(value.dtype)},
                                {"shape", describeShape(value)}});
  return list;
}

/// Launches carry static estimates alone.
static std::optional<int64_t> countFlops(const tenon_model &model) {
  if (model.num_symbols > 0)
    return std::nullopt;
  int64_t flops = 0;
  for (const tenon_rt_launch_record &launch :
       ArrayRef(model.program->launches, model.program->num_launches))
    flops += launch.flops;
  return flops;
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
  if (std::optional<int64_t> flops = countFlops(model))
    report["flops"] = *flops;
  if (model.weights_file)
    report["weights_file"] = model.weights_file;
  return report;
}
