//===- LoadedModel.cpp - compiled models in this process ------------------===//

#include "tenon/Driver/LoadedModel.h"

#include "tenon/Driver/TensorList.h"

#include "llvm/Support/FileSystem.h"

#include <dlfcn.h>

using namespace llvm;
using namespace tenon;

Expected<LoadedLibrary> tenon::loadLibrary(StringRef library) {
  // A name without a slash would be searched for in the system's folders.
  SmallString<128> path(library);
  if (std::error_code code = sys::fs::make_absolute(path))
    return createFileError(library, code);
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!handle)
    return createStringError(Twine("cannot load ") + dlerror());
  LoadedLibrary loaded;
  loaded.model = static_cast<const tenon_model *>(dlsym(handle, "tenon_model"));
  loaded.training =
      static_cast<const tenon_training *>(dlsym(handle, "tenon_training"));
  if (!loaded.model && !loaded.training)
    return createStringError(library + " is no library made by tenon: it has "
                                       "no symbol tenon_model or "
                                       "tenon_training");
  return loaded;
}

/// One part of what a library holds, or what it holds instead.
template <typename T>
static Expected<const T *> loadPart(StringRef library,
                                    const T *LoadedLibrary::*part,
                                    StringRef expected, StringRef other) {
  Expected<LoadedLibrary> loaded = loadLibrary(library);
  if (!loaded)
    return loaded.takeError();
  if (const T *found = (*loaded).*part)
    return found;
  return createStringError("expected the library of a " + expected +
                           ", got the " + other + " " + library);
}

Expected<const tenon_model *> tenon::loadModel(StringRef library) {
  return loadPart(library, &LoadedLibrary::model, "model", "training program");
}

Expected<const tenon_training *> tenon::loadTraining(StringRef library) {
  return loadPart(library, &LoadedLibrary::training, "training program",
                  "model");
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
tenon::runContext(tenon_context &context, ArrayRef<tenon_tensor> inputs) {
  size_t expected = context.model->num_inputs;
  if (inputs.size() != expected)
    return createStringError("expected " + Twine(expected) + " inputs, got " +
                             Twine(inputs.size()));
  SmallVector<tenon_tensor> outputs(context.model->num_outputs, tenon_tensor{});
  tenon_error error = {};
  if (tenon_run(&context, inputs.data(), outputs.data(), &error) != TENON_OK)
    return makeRuntimeError(error);
  return outputs;
}
