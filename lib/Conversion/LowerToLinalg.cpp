//===- LowerToLinalg.cpp - kernels from tenon to linalg -------------------===//

#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Conversion/Passes.h"
#include "tenon/Dialect/Tenon/IR/KernelAttributes.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"

namespace tenon {
#define GEN_PASS_DEF_LOWERTOLINALGPASS
#include "tenon/Conversion/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

static Type getLoweredType(Type type) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  return tensor ? getKernelType(tensor) : type;
}

/// `exprs` as a map from the values of `symbols`.
static AffineMapAttr getMap(ArrayRef<AffineExpr> exprs,
                            ArrayRef<AffineSymbolExpr> symbols,
                            MLIRContext *context) {
  DenseMap<AffineExpr, AffineExpr> positions;
  for (auto [index, symbol] : llvm::enumerate(symbols))
    positions[symbol] = getAffineSymbolExpr(index, context);
  return AffineMapAttr::get(AffineMap::get(
      0, symbols.size(),
      llvm::map_to_vector(
          exprs, [&](AffineExpr expr) { return expr.replace(positions); }),
      context));
}

/// The sizes of `type` as a map from the values of `symbols`; null where they
/// are constant or unknown.
static AffineMapAttr getSizesMap(Type type,
                                 ArrayRef<AffineSymbolExpr> symbols) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor || !isa_and_nonnull<DimsAttr>(tensor.getEncoding()))
    return {};
  return getMap(getDims(tensor), symbols, type.getContext());
}

/// `value` as `type`, which may know sizes that the lowering found out late.
static Value castTo(OpBuilder &builder, Location loc, Value value, Type type) {
  return value.getType() == type
             ? value
             : tensor::CastOp::create(builder, loc, type, value).getResult();
}

/// Whether the pass, or a test's author, has been here before.
static bool isLowered(func::FuncOp function) {
  auto ops = function.getBody().front().without_terminator();
  return !ops.empty() && llvm::none_of(ops, [](Operation &op) {
    return isa<TenonDialect>(op.getDialect());
  });
}

namespace {
struct LowerToLinalg : tenon::impl::LowerToLinalgPassBase<LowerToLinalg> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!function->hasAttr(kKernelAttr) || function.isExternal() ||
        isLowered(function))
      return;
    SmallVector<AffineSymbolExpr> symbols;
    if (auto names = function->getAttrOfType<DimsAttr>(kSymbolsAttr))
      for (AffineExpr name : names.getExprs())
        symbols.push_back(cast<AffineSymbolExpr>(name));
    recordSizes(function, symbols);
    if (failed(lowerBody(function, symbols)))
      signalPassFailure();
  }

  /// Sizes and strides of arguments and results, as maps.
  void recordSizes(func::FuncOp function, ArrayRef<AffineSymbolExpr> symbols) {
    FunctionType type = function.getFunctionType();
    for (auto [index, argument] : llvm::enumerate(type.getInputs())) {
      if (AffineMapAttr sizes = getSizesMap(argument, symbols))
        function.setArgAttr(index, kDimsAttr, sizes);
      if (auto strides =
              function.getArgAttrOfType<DimsAttr>(index, kStridesAttr))
        function.setArgAttr(index, kStridesAttr,
                            getMap(strides.getExprs(), symbols, &getContext()));
    }
    for (auto [index, result] : llvm::enumerate(type.getResults())) {
      if (AffineMapAttr sizes = getSizesMap(result, symbols))
        function.setResultAttr(index, kDimsAttr, sizes);
      if (auto strides =
              function.getResultAttrOfType<DimsAttr>(index, kStridesAttr))
        function.setResultAttr(
            index, kStridesAttr,
            getMap(strides.getExprs(), symbols, &getContext()));
    }
  }

  LogicalResult lowerBody(func::FuncOp function,
                          ArrayRef<AffineSymbolExpr> symbols) {
    Block *before = &function.getBody().front();
    Block *after = &function.getBody().emplaceBlock();
    IRMapping mapping;
    for (BlockArgument argument : before->getArguments())
      mapping.map(argument,
                  after->addArgument(getLoweredType(argument.getType()),
                                     argument.getLoc()));
    KernelDims dims(symbols, after->getArguments().take_back(symbols.size()));
    OpBuilder builder = OpBuilder::atBlockEnd(after);
    LogicalResult lowered = lowerBlock(*before, builder, mapping, dims);
    if (succeeded(lowered))
      lowerReturn(before->getTerminator(), builder, mapping);
    before->erase();
    if (failed(lowered))
      return failure();
    function.setType(
        FunctionType::get(&getContext(), after->getArgumentTypes(),
                          after->getTerminator()->getOperandTypes()));
    return success();
  }

  void lowerReturn(Operation *terminator, OpBuilder &builder,
                   IRMapping &mapping) {
    SmallVector<Value> results;
    for (Value operand : terminator->getOperands())
      results.push_back(castTo(builder, terminator->getLoc(),
                               mapping.lookupOrDefault(operand),
                               getLoweredType(operand.getType())));
    func::ReturnOp::create(builder, terminator->getLoc(), results);
  }
};
} // namespace
