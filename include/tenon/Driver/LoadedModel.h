//===- LoadedModel.h - compiled models in this process
//---------------------===//

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
llvm::Expected<const tenon_model *> loadArtefact(llvm::StringRef library);

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
