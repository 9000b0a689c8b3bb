//===- PackRoundWeights.cpp - weights of a scan's products ----------------===//

#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Target/PanelWidth.h"
#include "tenon/Target/TargetPass.h"

namespace tenon {
#define GEN_PASS_DEF_PACKROUNDWEIGHTSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
/// A product in a scan with a matrix from outside: loops of the latter, and
/// which operand it is.
struct RoundProduct {
  ContractOp contract;
  unsigned weights;
  unsigned depth, column;
};
} // namespace

/// The matrix has to be that of the result's last dimension.
static std::optional<RoundProduct> matchProduct(ContractOp contract,
                                                ScanOp scan) {
  AffineMap result = contract.getMap(2);
  if (result.getNumResults() == 0)
    return std::nullopt;
  unsigned column = result.getDimPosition(result.getNumResults() - 1);
  for (unsigned i : {1, 0}) {
    Value weights = contract->getOperand(i);
    AffineMap map = contract.getMap(i), other = contract.getMap(1 - i);
    if (scan->isAncestor(weights.getParentBlock()->getParentOp()) ||
        !getTensorTypeOf(weights).hasStaticShape() ||
        map.getNumResults() != 2 || !map.isFunctionOfDim(column) ||
        other.isFunctionOfDim(column))
      continue;
    unsigned depth = map.getDimPosition(map.getDimPosition(0) == column);
    if (depth != column && other.isFunctionOfDim(depth) &&
        !result.isFunctionOfDim(depth))
      return RoundProduct{contract, i, depth, column};
  }
  return std::nullopt;
}

/// As wide as a register tile where that divides the columns; otherwise they
/// stay one panel.
static int64_t choosePanelWidth(RankedTensorType type, int64_t columns,
                                const TargetInfo &target) {
  unsigned bits = std::max(32u, type.getElementTypeBitWidth());
  int64_t lanes = target.getVectorLanes(bits);
  for (int64_t width = getPanelWidth(columns, bits, target); width >= lanes;
       width -= lanes)
    if (columns % width == 0)
      return width;
  return columns;
}

/// [panels, depth, width] of a matrix whose dimension `columnDim` is the
/// columns.
static Value pack(Composer &c, Value weights, unsigned columnDim,
                  int64_t width) {
  if (columnDim == 0)
    weights = TransposeOp::create(c, weights, ArrayRef<int64_t>{1, 0});
  ArrayRef<int64_t> shape = getTensorTypeOf(weights).getShape();
  auto number = [&](int64_t value) { return c.getAffineConstantExpr(value); };
  Value split = c.reshape(
      weights, {number(shape[0]), number(shape[1] / width), number(width)});
  return TransposeOp::create(c, split, ArrayRef<int64_t>{1, 0, 2});
}

/// Lets `product` sum over packed weights: its columns become two loops.
static void usePanels(RoundProduct product, Value panels) {
  ContractOp contract = product.contract;
  Composer c(contract.getLoc(), OpBuilder(contract));
  AffineMap rows = contract.getMap(1 - product.weights),
            result = contract.getMap(2);
  unsigned numLoops = rows.getNumDims();
  AffineExpr panel = c.getAffineDimExpr(numLoops),
             lane = c.getAffineDimExpr(product.column);
  SmallVector<AffineExpr> split(result.getResults());
  split.insert(split.end() - 1, panel);
  auto makeMap = [&](ArrayRef<AffineExpr> exprs) {
    return AffineMap::get(numLoops + 1, 0, exprs, c.getContext());
  };
  Value sum = ContractOp::create(
      c, contract->getOperand(1 - product.weights), panels,
      c.getAffineMapArrayAttr(
          {makeMap(rows.getResults()),
           makeMap({panel, c.getAffineDimExpr(product.depth), lane}),
           makeMap(split)}),
      contract.getResultElementAttr());
  contract.replaceAllUsesWith(
      c.reshape(sum, getDims(getTensorTypeOf(contract))));
  contract.erase();
}

namespace {
struct PackRoundWeights
    : TargetPass<tenon::impl::PackRoundWeightsPassBase<PackRoundWeights>> {
  using TargetPass::TargetPass;

  void runOnOperation() override {
    SmallVector<RoundProduct> products;
    getOperation().walk([&](ScanOp scan) {
      for (auto contract : scan.getBody().getOps<ContractOp>())
        if (auto product = matchProduct(contract, scan))
          products.push_back(*product);
    });
    for (const RoundProduct &product : products)
      pack(product);
  }

private:
  void pack(RoundProduct product) {
    ContractOp contract = product.contract;
    Value weights = contract->getOperand(product.weights);
    AffineMap map = contract.getMap(product.weights);
    unsigned columnDim = map.getDimPosition(1) == product.column;
    RankedTensorType type = getTensorTypeOf(weights);
    int64_t columns = type.getDimSize(columnDim),
            width = choosePanelWidth(type, columns, *target);
    if (columnDim == 1 && width == columns)
      return; // it lies so
    Composer c(contract.getLoc(),
               OpBuilder(contract->getParentOfType<ScanOp>()));
    usePanels(product, ::pack(c, weights, columnDim, width));
    ++numPacked;
  }
};
} // namespace

std::unique_ptr<Pass>
tenon::createPackRoundWeightsPass(const TargetInfo &target) {
  return std::make_unique<PackRoundWeights>(target);
}
