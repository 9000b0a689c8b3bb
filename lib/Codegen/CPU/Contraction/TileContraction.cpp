//===- TileContraction.cpp - contractions tile by tile in registers -------===//

#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/LoopLikeInterface.h"
#include "mlir/Transforms/LoopInvariantCodeMotionUtils.h"
#include "tenon/Codegen/CPU/Contraction/KernelBuffers.h"
#include "tenon/Codegen/CPU/Contraction/Passes.h"
#include "tenon/Codegen/CPU/Contraction/WinogradTiles.h"
#include "tenon/Codegen/CPU/Contraction/WorkItems.h"
#include "tenon/Codegen/Kernel/Kernel.h"

namespace tenon {
#define GEN_PASS_DEF_TILECONTRACTIONPASS
#include "tenon/Codegen/CPU/Contraction/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {

/// The function's signature over memrefs: results after all other arguments.
func::FuncOp createTiledFunction(func::FuncOp kernel) {
  OpBuilder builder(kernel);
  SmallVector<Type> types;
  for (BlockArgument argument : kernel.getArguments())
    types.push_back(isa<RankedTensorType>(argument.getType())
                        ? getArgumentBuffer(kernel, argument.getArgNumber())
                        : argument.getType());
  SmallVector<DictionaryAttr> attributes;
  kernel.getAllArgAttrs(attributes);
  attributes.resize(types.size());
  for (unsigned i = 0; i < kernel.getNumResults(); ++i) {
    types.push_back(getResultBuffer(kernel, i));
    attributes.push_back(kernel.getResultAttrDict(i));
  }
  for (DictionaryAttr &attribute : attributes)
    if (!attribute)
      attribute = builder.getDictionaryAttr({});
  auto tiled = func::FuncOp::create(kernel.getLoc(), kernel.getName(),
                                    builder.getFunctionType(types, {}));
  tiled->setDiscardableAttrs(kernel->getDiscardableAttrDictionary());
  tiled.setVisibility(kernel.getVisibility());
  tiled.setAllArgAttrs(attributes);
  tiled->setAttr(kVectorizedAttr, builder.getUnitAttr());
  tiled->removeAttr(kTilesAttr);
  Block *entry = tiled.addEntryBlock();
  OpBuilder::atBlockEnd(entry).create<func::ReturnOp>(kernel.getLoc());
  return tiled;
}

void emitItems(const ContractionKernel &kernel, const TilePlan &plan,
               func::FuncOp tiled) {
  auto builder = ImplicitLocOpBuilder::atBlockBegin(tiled.getLoc(),
                                                    &tiled.getBody().front());
  SmallVector<Value> buffers = flattenBuffers(builder, tiled);
  emitContraction(builder, kernel, plan, getDimSymbols(tiled), buffers,
                  ItemOrder::Parallel);
}

struct TileContraction : tenon::impl::TileContractionPassBase<TileContraction> {
  void runOnOperation() override {
    func::FuncOp kernel = getOperation();
    auto attribute = kernel->getAttrOfType<DictionaryAttr>(kTilesAttr);
    if (!attribute)
      return;
    std::string reason;
    std::optional<TilePlan> plan = TilePlan::fromAttribute(attribute);
    std::optional<ContractionKernel> model =
        matchContractionKernel(kernel, reason);
    if (!plan || !model) {
      kernel.emitError() << "expected '" << kTilesAttr
                         << "' of a contraction kernel, got "
                         << (model ? "an incomplete plan" : reason);
      return signalPassFailure();
    }
    func::FuncOp tiled = createTiledFunction(kernel);
    if (model->decoding == WeightDecoding::Winograd)
      emitWinogradKernel(*model, *plan, tiled);
    else
      emitItems(*model, *plan, tiled);
    tiled.walk([](LoopLikeOpInterface loop) { moveLoopInvariantCode(loop); });
    kernel.setType(tiled.getFunctionType());
    kernel->setAttrs(tiled->getAttrs());
    kernel.getBody().getBlocks().clear();
    kernel.getBody().takeBody(tiled.getBody());
    tiled.erase();
  }
};

} // namespace
