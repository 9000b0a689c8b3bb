//===- LoadedModel.h - compiled models in this process ----------*- C++ -*-===//

#ifndef TENON_DRIVER_LOADEDMODEL_H
#define TENON_DRIVER_LOADEDMODEL_H

#include "tenon-rt/training.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace tenon {

/// What a compiled shared library holds: one of both.
struct LoadedLibrary {
  const tenon_model *model = nullptr;
  const tenon_training *training = nullptr;
};

/// Opens a compiled shared library and returns its descriptor. The library
/// stays loaded as long as the process: the runtime's pool of threads may live
/// in it.
llvm::Expected<LoadedLibrary> loadLibrary(llvm::StringRef library);

/// The same where a model, or a training program, is expected.
llvm::Expected<const tenon_model *> loadModel(llvm::StringRef library);
llvm::Expected<const tenon_training *> loadTraining(llvm::StringRef library);

struct ContextDeleter {
  void operator()(tenon_context *context) const { tenon_close(context); }
};
using ContextPtr = std::unique_ptr<tenon_context, ContextDeleter>;

llvm::Expected<ContextPtr> openContext(const tenon_model &model,
                                       const tenon_options &options);

/// Runs once; the outputs are the context's until its next call.
llvm::Expected<llvm::SmallVector<tenon_tensor>>
runContext(tenon_context &context, llvm::ArrayRef<tenon_tensor> inputs);

} // namespace tenon

#endif // TENON_DRIVER_LOADEDMODEL_H
