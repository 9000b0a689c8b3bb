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

SmallVector<AffineExpr> getRowMajorStrides(ArrayRef<AffineExpr> sizes,
                                           MLIRContext *context) {
  SmallVector<AffineExpr> strides(sizes.size());
  AffineExpr stride = getAffineConstantExpr(1, context);
  for (int64_t i = sizes.size() - 1; i >= 0; --i) {
    strides[i] = stride;
    stride = stride * sizes[i];
  }
  return strides;
}

static FailureOr<AffineMap> getStrides(Attribute attribute,
                                       FailureOr<AffineMap> dims) {
  if (auto map = dyn_cast_or_null<AffineMapAttr>(attribute))
    return map.getValue();
  if (failed(dims))
    return failure();
  return AffineMap::get(
      0, dims->getNumSymbols(),
      getRowMajorStrides(dims->getResults(), dims->getContext()),
      dims->getContext());
}

FailureOr<AffineMap> getArgumentStrides(func::FuncOp kernel, unsigned index) {
  return getStrides(kernel.getArgAttr(index, kStridesAttr),
                    getArgumentDims(kernel, index));
}

FailureOr<AffineMap> getResultStrides(func::FuncOp kernel, unsigned index) {
  return getStrides(kernel.getResultAttr(index, kStridesAttr),
                    getResultDims(kernel, index));
}

static MemRefType getBuffer(Type type, Attribute strides) {
  auto tensor = cast<RankedTensorType>(type);
  auto map = dyn_cast_or_null<AffineMapAttr>(strides);
  if (!map)
    return MemRefType::get(tensor.getShape(), tensor.getElementType());
  SmallVector<int64_t> numbers =
      llvm::map_to_vector(map.getValue().getResults(), [](AffineExpr stride) {
        auto constant = dyn_cast<AffineConstantExpr>(stride);
        return constant ? constant.getValue() : ShapedType::kDynamic;
      });
  return MemRefType::get(
      tensor.getShape(), tensor.getElementType(),
      StridedLayoutAttr::get(type.getContext(), /*offset=*/0, numbers));
}

MemRefType getArgumentBuffer(func::FuncOp kernel, unsigned index) {
  return getBuffer(kernel.getArgument(index).getType(),
                   kernel.getArgAttr(index, kStridesAttr));
}

MemRefType getResultBuffer(func::FuncOp kernel, unsigned index) {
  return getBuffer(kernel.getResultTypes()[index],
                   kernel.getResultAttr(index, kStridesAttr));
}

} // namespace tenon
