//===- LoadedModel.h - compiled models in this process ----------*- C++ -*-===//

#ifndef TENON_DRIVER_LOADEDMODEL_H
#define TENON_DRIVER_LOADEDMODEL_H

#include "tenon-rt/tenon.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace tenon {

/// Opens a compiled shared library and returns its descriptor. The library
/// stays loaded as long as the process: the runtime's pool of threads may live
/// in it.
llvm::Expected<const tenon_model *> loadModel(llvm::StringRef library);

/// The number of the function called `name`; of the first one for no name.
llvm::Expected<int32_t> findFunction(const tenon_model &model,
                                     llvm::StringRef name);

struct ContextDeleter {
  void operator()(tenon_context *context) const { tenon_close(context); }
};
using ContextPtr = std::unique_ptr<tenon_context, ContextDeleter>;

llvm::Expected<ContextPtr> openContext(const tenon_model &model,
                                       const tenon_options &options);

/// Calls a function once; the outputs are the context's until its next call.
llvm::Expected<llvm::SmallVector<tenon_tensor>>
callFunction(tenon_context &context, int32_t function,
             llvm::ArrayRef<tenon_tensor> inputs);

} // namespace tenon

#endif // TENON_DRIVER_LOADEDMODEL_H
