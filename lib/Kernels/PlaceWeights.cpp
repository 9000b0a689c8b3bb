//===- PlaceWeights.cpp - where constants lie among the weights -----------===//

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Kernels/Placement.h"
#include "llvm/Support/xxhash.h"

namespace tenon {
#define GEN_PASS_DEF_PLACEWEIGHTSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
struct PlaceWeights : tenon::impl::PlaceWeightsPassBase<PlaceWeights> {
  void runOnOperation() override {
    // what stands in the kernels is in their code
    for (auto function : getOperation().getOps<func::FuncOp>())
      function.walk(
          [&](ConstantOp constant) { place(constant, constant.getValue()); });
    for (auto state : getOperation().getOps<StateOp>())
      place(state, state.getValue());
  }

  void place(Operation *op, ElementsAttr value) {
    auto [it, isNew] = offsets.try_emplace(value, end);
    if (isNew)
      it->second = placeBytes(value);
    op->setAttr(
        weightOffsetAttrName,
        IntegerAttr::get(IntegerType::get(&getContext(), 64), it->second));
  }

  /// Two models, and two functions that packed the same weight, have it under
  /// two names.
  int64_t placeBytes(ElementsAttr value) {
    StringRef bytes;
    auto functions = getOperation().getOps<func::FuncOp>();
    bool mayRepeat = std::distance(functions.begin(), functions.end()) > 1;
    if (auto resource = dyn_cast<DenseResourceElementsAttr>(value);
        resource && mayRepeat)
      if (AsmResourceBlob *blob = resource.getRawHandle().getBlob())
        bytes = StringRef(blob->getData().data(), blob->getData().size());
    SmallVector<std::pair<StringRef, int64_t>> &equals =
        contents[bytes.empty() ? 0 : llvm::xxh3_64bits(bytes)];
    if (!bytes.empty())
      for (auto [other, offset] : equals)
        if (other == bytes)
          return offset;
    int64_t offset = end;
    equals.push_back({bytes, offset});
    int64_t size =
        *getConstantDim(getByteSize(cast<RankedTensorType>(value.getType())));
    end = llvm::alignTo(end + size, bufferAlignment);
    return offset;
  }

  DenseMap<Attribute, int64_t> offsets;
  llvm::DenseMap<uint64_t, SmallVector<std::pair<StringRef, int64_t>>> contents;
  int64_t end = 0;
};
} // namespace
