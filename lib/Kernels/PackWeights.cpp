//===- PackWeights.cpp - weights in panels --------------------------------===//

#include "tenon/Dialect/Tenon/IR/ConstantValues.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/FusionRoles.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Target/PanelWidth.h"
#include "tenon/Target/TargetPass.h"

namespace tenon {
#define GEN_PASS_DEF_PACKWEIGHTSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
/// The dimensions of a contraction whose right-hand side is a matrix of
/// weights.
struct MatrixDims {
  unsigned rows, columns;
};

struct PackWeights : TargetPass<tenon::impl::PackWeightsPassBase<PackWeights>> {
  using TargetPass::TargetPass;

  void runOnOperation() override {
    for (ContractOp contract : getLaunched<ContractOp>(getOperation()))
      packContract(contract);
    for (ConvOp conv : getLaunched<ConvOp>(getOperation()))
      packConv(conv);
  }

  /// `weights` through panels, columns last.
  Value pack(OpBuilder &builder, Location loc, Value weights);
  void packContract(ContractOp contract);
  void packConv(ConvOp conv);
};
} // namespace

Value PackWeights::pack(OpBuilder &builder, Location loc, Value weights) {
  auto type = cast<RankedTensorType>(weights.getType());
  int64_t width =
      getPanelWidth(type.getShape().back(),
                    std::max(32u, type.getElementTypeBitWidth()), *target);
  Value packed = PackPanelsOp::create(builder, loc, weights,
                                      builder.getI64IntegerAttr(width));
  return UnpackPanelsOp::create(builder, loc, type, packed);
}

/// Which of the two dimensions of `rhs` is the sum's, and which the result's
/// last one.
static std::optional<MatrixDims> matchMatrix(ContractOp contract) {
  AffineMap lhs = contract.getMap(0), rhs = contract.getMap(1),
            result = contract.getMap(2);
  if (rhs.getNumResults() != 2 || result.getNumResults() < 1)
    return std::nullopt;
  unsigned column = result.getDimPosition(result.getNumResults() - 1);
  MatrixDims dims{rhs.getDimPosition(0), rhs.getDimPosition(1)};
  if (dims.columns != column)
    std::swap(dims.rows, dims.columns);
  bool isProduct = dims.columns == column && dims.rows != column &&
                   !lhs.isFunctionOfDim(column) &&
                   lhs.isFunctionOfDim(dims.rows) &&
                   !result.isFunctionOfDim(dims.rows);
  return isProduct ? std::optional(dims) : std::nullopt;
}

void PackWeights::packContract(ContractOp contract) {
  std::optional<MatrixDims> dims = matchMatrix(contract);
  auto weightType = cast<RankedTensorType>(contract.getRhs().getType());
  if (!dims || !isConstantValue(contract.getRhs()) ||
      llvm::is_contained(weightType.getShape(), 1))
    return; // a vector needs no panels
  OpBuilder builder(contract);
  Value weights = contract.getRhs();
  AffineMap rhs = contract.getMap(1);
  if (rhs.getDimPosition(0) == dims->columns) {
    weights = TransposeOp::create(builder, contract.getLoc(), weights,
                                  builder.getDenseI64ArrayAttr({1, 0}));
    rhs = AffineMap::get(rhs.getNumDims(), 0,
                         {rhs.getResult(1), rhs.getResult(0)}, &getContext());
  }
  contract.getRhsMutable().assign(pack(builder, contract.getLoc(), weights));
  contract.setIndexingMapsAttr(builder.getAffineMapArrayAttr(
      {contract.getMap(0), rhs, contract.getMap(2)}));
}

void PackWeights::packConv(ConvOp conv) {
  if (!conv.getChannelsLast() || conv.getGroups() != 1 ||
      !isConstantValue(conv.getWeights()))
    return;
  OpOperand &weights = conv.getWeights().getDefiningOp<WinogradRestoreOp>()
                           ? conv.getWeights().getDefiningOp()->getOpOperand(0)
                           : conv.getWeightsMutable();
  OpBuilder builder(weights.getOwner());
  weights.set(pack(builder, conv.getLoc(), weights.get()));
}

std::unique_ptr<Pass> tenon::createPackWeightsPass(const TargetInfo &target) {
  return std::make_unique<PackWeights>(target);
}
