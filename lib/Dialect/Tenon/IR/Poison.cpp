//===- Poison.cpp - values of ops that could not be built -----------------===//

#include "tenon/Dialect/Tenon/IR/Poison.h"

using namespace mlir;
using namespace tenon;

static Value createPoison(OpBuilder &builder, Location loc,
                          RankedTensorType type) {
  return UnrealizedConversionCastOp::create(builder, loc, type, ValueRange())
      .getResult(0);
}

Value tenon::createPoison(OpBuilder &builder, Location loc) {
  return ::createPoison(builder, loc,
                        RankedTensorType::get({}, builder.getF32Type()));
}

SmallVector<Value> tenon::createPoison(OpBuilder &builder,
                                       const OperationState &state,
                                       unsigned numResults) {
  auto likeliest = RankedTensorType::get({}, builder.getF32Type());
  for (Value operand : state.operands)
    if (auto type = operand ? dyn_cast<RankedTensorType>(operand.getType())
                            : RankedTensorType();
        type && type.getRank() >= likeliest.getRank())
      likeliest = type;
  SmallVector<Value> values;
  for (unsigned i = 0; i < numResults; ++i) {
    auto given = i < state.types.size()
                     ? dyn_cast<RankedTensorType>(state.types[i])
                     : RankedTensorType();
    values.push_back(
        ::createPoison(builder, state.location, given ? given : likeliest));
  }
  return values;
}
