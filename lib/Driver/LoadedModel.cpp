//===- LoadedModel.cpp - compiled models in this process ------------------===//

#include "tenon/Driver/LoadedModel.h"

#include "tenon/Driver/TensorList.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

#include <dlfcn.h>

using namespace llvm;
using namespace tenon;

Expected<const tenon_model *> tenon::loadModel(StringRef library) {
  // A name without a slash would be searched for in the system's folders.
  SmallString<128> path(library);
  if (std::error_code code = sys::fs::make_absolute(path))
    return createFileError(library, code);
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return createStringError(Twine("cannot load ") + dlerror());
  auto *model = static_cast<const tenon_model *>(dlsym(handle, "tenon_model"));
  if (!model)
    return createStringError(
        library + " is no library made by tenon: it has no symbol tenon_model");
  return model;
}

Expected<int32_t> tenon::findFunction(const tenon_model &model,
                                      StringRef name) {
  if (name.empty())
    return 0;
  int32_t number = tenon_find_function(&model, name.str().c_str());
  if (number >= 0)
    return number;
  std::string names;
  ListSeparator separator;
  for (const tenon_function &function :
       ArrayRef(model.functions, model.num_functions))
    names += (StringRef(separator) + function.name).str();
  return createStringError("expected a function of the model (" + names +
                           "), got '" + name + "'");
}

Expected<ContextPtr> tenon::openContext(const tenon_model &model,
                                        const tenon_options &options) {
  tenon_error error = {};
  ContextPtr context(tenon_open(&model, &options, &error));
  if (!context)
    return makeRuntimeError(error);
  return context;
}

Expected<SmallVector<tenon_tensor>>
tenon::callFunction(tenon_context &context, int32_t function,
                    ArrayRef<tenon_tensor> inputs) {
  const tenon_function &info = context.model->functions[function];
  size_t expected = info.num_inputs;
  if (inputs.size() != expected)
    return createStringError("expected " + Twine(expected) + " inputs, got " +
                             Twine(inputs.size()));
  SmallVector<tenon_value> given, results(info.num_outputs, tenon_value{});
  for (const tenon_tensor &input : inputs)
    given.push_back(tenon_tensor_value(&input));
  tenon_error error = {};
  if (tenon_call(&context, function, given.data(), results.data(), nullptr,
                 &error) != TENON_OK)
    return makeRuntimeError(error);
  SmallVector<tenon_tensor> outputs;
  for (const tenon_value &result : results)
    outputs.push_back({result.data, result.shape, result.dtype, result.rank});
  return outputs;
}
