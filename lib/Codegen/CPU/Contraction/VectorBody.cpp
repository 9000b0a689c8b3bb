//===- VectorBody.cpp - scalar bodies on vectors --------------------------===//

#include "tenon/Codegen/CPU/Contraction/VectorBody.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;
using namespace tenon;

Value tenon::broadcastTo(ImplicitLocOpBuilder &builder, Value value,
                         int64_t width) {
  if (isa<VectorType>(value.getType()))
    return value;
  auto type = VectorType::get({width}, value.getType());
  if (auto constant = value.getDefiningOp<arith::ConstantOp>())
    return arith::ConstantOp::create(
        builder, DenseElementsAttr::get(type, constant.getValue()));
  return vector::BroadcastOp::create(builder, type, value);
}

/// The product that the float sum `op` absorbs into a multiply-add.
static arith::MulFOp getContractedProduct(Operation &op) {
  auto add = dyn_cast<arith::AddFOp>(op);
  if (!add)
    return {};
  for (Value operand : {add.getLhs(), add.getRhs()})
    if (auto product = operand.getDefiningOp<arith::MulFOp>())
      if (product->hasOneUse() && product->getBlock() == op.getBlock())
        return product;
  return {};
}

static bool isContracted(Operation &op) {
  return isa<arith::MulFOp>(op) && op.hasOneUse() &&
         getContractedProduct(**op.user_begin()) == &op;
}

static bool isVector(Value value) { return isa<VectorType>(value.getType()); }

static Value emitMultiplyAdd(ImplicitLocOpBuilder &builder, Value lhs,
                             Value rhs, Value addend, int64_t width) {
  if (!isVector(lhs) && !isVector(rhs) && !isVector(addend))
    return arith::AddFOp::create(
        builder, arith::MulFOp::create(builder, lhs, rhs), addend);
  return vector::FMAOp::create(builder, broadcastTo(builder, lhs, width),
                               broadcastTo(builder, rhs, width),
                               broadcastTo(builder, addend, width));
}

SmallVector<Value>
tenon::emitVectorBody(ImplicitLocOpBuilder &builder, linalg::GenericOp op,
                      ValueRange arguments, int64_t width,
                      llvm::function_ref<Value(unsigned)> indices) {
  IRMapping mapping;
  for (auto [from, to] :
       llvm::zip_equal(op.getBody()->getArguments(), arguments))
    if (to)
      mapping.map(from, to);
  auto lookup = [&](Value value) {
    if (!mapping.contains(value))
      mapping.map(value, builder.clone(*value.getDefiningOp())->getResult(0));
    return mapping.lookup(value);
  };

  for (Operation &inner : op.getBody()->without_terminator()) {
    if (auto index = dyn_cast<linalg::IndexOp>(inner)) {
      mapping.map(index.getResult(), indices(index.getDim()));
      continue;
    }
    if (isContracted(inner))
      continue;
    if (arith::MulFOp product = getContractedProduct(inner)) {
      Value addend = inner.getOperand(0) == product.getResult()
                         ? inner.getOperand(1)
                         : inner.getOperand(0);
      mapping.map(inner.getResult(0),
                  emitMultiplyAdd(builder, lookup(product.getLhs()),
                                  lookup(product.getRhs()), lookup(addend),
                                  width));
      continue;
    }
    SmallVector<Value> operands =
        llvm::to_vector(llvm::map_range(inner.getOperands(), lookup));
    bool isVectorOp = llvm::any_of(operands, isVector);
    if (isVectorOp)
      for (Value &operand : operands)
        operand = broadcastTo(builder, operand, width);
    SmallVector<Type> types(inner.getResultTypes());
    if (isVectorOp)
      for (Type &type : types)
        type = VectorType::get({width}, type);
    OperationState state(builder.getLoc(), inner.getName());
    state.addOperands(operands);
    state.addTypes(types);
    state.addAttributes(inner.getAttrs());
    Operation *repeated = builder.create(state);
    mapping.map(inner.getResults(), repeated->getResults());
  }
  SmallVector<Value> yielded;
  for (Value value : op.getBody()->getTerminator()->getOperands())
    yielded.push_back(lookup(value));
  return yielded;
}
