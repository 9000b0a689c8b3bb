//===- NamedModels.cpp - models that are known by name --------------------===//

#include "tenon/Pipelines/NamedModels.h"
#include "mlir/IR/Diagnostics.h"

using namespace mlir;
using namespace tenon;

static NamedModelBuilder namedModels = nullptr;

void tenon::setNamedModels(NamedModelBuilder builder) { namedModels = builder; }

FailureOr<OwningOpRef<ModuleOp>> tenon::buildNamedModel(StringRef path,
                                                        MLIRContext &context) {
  StringRef name = path;
  if (namedModels && name.consume_front(namedModelPrefix))
    return namedModels(name, context);
  return emitError(UnknownLoc::get(&context))
         << "expected a model in a file, for this program has none by name, "
            "got '"
         << path << "'";
}
