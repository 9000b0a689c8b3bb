//===- Kernel.cpp - the form of a kernel between passes -------------------===//

#include "tenon/Codegen/Kernel/Kernel.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace mlir;

namespace tenon {

func::FuncOp getKernel(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>())
    if (function->hasAttr(kKernelAttr))
      return function;
  return {};
}

SmallVector<Value> getDimSymbols(func::FuncOp kernel) {
  SmallVector<Value> symbols;
  for (BlockArgument argument : kernel.getArguments())
    if (argument.getType().isIndex() &&
        !kernel.getArgAttr(argument.getArgNumber(), kWorkItemAttr))
      symbols.push_back(argument);
  return symbols;
}

static FailureOr<AffineMap> readDims(func::FuncOp kernel, Attribute attribute,
                                     ShapedType type, const Twine &what) {
  if (auto map = dyn_cast_or_null<AffineMapAttr>(attribute)) {
    unsigned numSymbols = getDimSymbols(kernel).size();
    if (map.getValue().getNumResults() != type.getRank() ||
        map.getValue().getNumDims() != 0 ||
        map.getValue().getNumSymbols() > numSymbols)
      return kernel.emitError()
             << "expected '" << kDimsAttr << "' of " << what << " to give "
             << type.getRank() << " dims over at most " << numSymbols
             << " symbols, got " << map;
    return map.getValue();
  }
  if (!type.hasStaticShape())
    return kernel.emitError() << "expected '" << kDimsAttr << "' on " << what
                              << ", which has dynamic dims: " << type;
  SmallVector<AffineExpr> dims;
  for (int64_t dim : type.getShape())
    dims.push_back(getAffineConstantExpr(dim, kernel.getContext()));
  return AffineMap::get(0, 0, dims, kernel.getContext());
}

FailureOr<AffineMap> getArgumentDims(func::FuncOp kernel, unsigned index) {
  return readDims(kernel, kernel.getArgAttr(index, kDimsAttr),
                  cast<ShapedType>(kernel.getArgument(index).getType()),
                  "argument " + Twine(index));
}

FailureOr<AffineMap> getResultDims(func::FuncOp kernel, unsigned index) {
  return readDims(kernel, kernel.getResultAttr(index, kDimsAttr),
                  cast<ShapedType>(kernel.getResultTypes()[index]),
                  "result " + Twine(index));
}

} // namespace tenon
