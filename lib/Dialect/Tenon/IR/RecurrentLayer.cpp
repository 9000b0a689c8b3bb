//===- RecurrentLayer.cpp - what recurrent ops decompose to ---------------===//

#include "RecurrentLayer.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "llvm/ADT/StringSwitch.h"

using namespace mlir;
using namespace tenon;

AffineExpr RecurrentLayer::getHidden() const {
  return getDims(getTensorTypeOf(recurrence)).back();
}

Type RecurrentLayer::getElement() const {
  return getTensorTypeOf(x).getElementType();
}

//===----------------------------------------------------------------------===//
// Parts of operands
//===----------------------------------------------------------------------===//

static Value takeRange(Composer &b, Value value, int64_t axis, int64_t start,
                       AffineExpr size) {
  RankedTensorType type = getTensorTypeOf(value);
  SmallVector<AffineExpr> dims = getDims(type),
                          starts(dims.size(), b.getAffineConstantExpr(0));
  starts[axis] = b.getAffineConstantExpr(start);
  dims[axis] = size;
  return b.createOrFold<SliceOp>(getTensorType(dims, type.getElementType()),
                                 value, DimsAttr::get(b.getContext(), starts),
                                 SmallVector<int64_t>(dims.size(), 1));
}

Value RecurrentLayer::takeDirection(Value value, unsigned d) {
  if (!value)
    return {};
  Value slice = takeRange(b, value, 0, d, b.getAffineConstantExpr(1));
  return b.reshape(slice,
                   ArrayRef(getDims(getTensorTypeOf(value))).drop_front());
}

Value RecurrentLayer::takeLast(Value value, int64_t start, int64_t size) {
  return takeRange(b, value, getTensorTypeOf(value).getRank() - 1, start,
                   b.getAffineConstantExpr(size));
}

Value RecurrentLayer::takeGate(Value value, unsigned index) {
  int64_t hidden = *getConstantDim(getHidden());
  return takeLast(value, index * hidden, hidden);
}

std::pair<Value, Value> RecurrentLayer::takeBias(unsigned d) {
  if (!bias)
    return {};
  Value both = takeDirection(bias, d);
  int64_t size = getTensorTypeOf(both).getDimSize(0) / 2;
  return {takeLast(both, 0, size), takeLast(both, size, size)};
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Value RecurrentLayer::number(double value) {
  return b.constant(getElement(), value);
}

Value RecurrentLayer::complement(Value value) {
  return b.sub(number(1), value);
}

Value RecurrentLayer::takeColumns(Value weights, unsigned d) {
  return TransposeOp::create(b, takeDirection(weights, d),
                             ArrayRef<int64_t>{1, 0});
}

Value RecurrentLayer::project(Value value, Value columns) {
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(value));
  AffineExpr depth = dims.pop_back_val(),
             rows = getProduct(dims, b.getContext());
  AffineExpr m, n, k;
  bindDims(b.getContext(), m, n, k);
  using MapList = ArrayRef<ArrayRef<AffineExpr>>;
  SmallVector<AffineMap> maps = AffineMap::inferFromExprList(
      MapList{{m, k}, {k, n}, {m, n}}, b.getContext());
  Value product =
      ContractOp::create(b, b.reshape(value, {rows, depth}), columns,
                         b.getAffineMapArrayAttr(maps), TypeAttr());
  dims.push_back(getDims(getTensorTypeOf(product)).back());
  return b.reshape(product, dims);
}

Activation RecurrentLayer::getActivation(unsigned d, unsigned index) const {
  unsigned i = d * activations.size() / getNumDirections() + index;
  auto at = [&](ArrayRef<float> numbers) {
    return i < numbers.size() ? std::optional<double>(numbers[i])
                              : std::nullopt;
  };
  return {cast<StringAttr>(activations[i]).getValue(), at(alphas), at(betas)};
}

Value RecurrentLayer::activate(unsigned d, unsigned index, Value value) {
  if (clip) {
    value = MinimumOp::create(b, value, number(clip->convertToDouble()));
    value = MaximumOp::create(b, value, number(-clip->convertToDouble()));
  }
  Activation f = getActivation(d, index);
  auto alpha = [&](double other) { return f.alpha.value_or(other); };
  auto beta = [&](double other) { return f.beta.value_or(other); };
  auto scale = [&](Value v, double by) { return b.mul(v, number(by)); };
  std::string name = f.name.lower();
  if (name == "tanh")
    return TanhOp::create(b, value);
  if (name == "sigmoid")
    return SigmoidOp::create(b, value);
  if (name == "relu")
    return ReluOp::create(b, value);
  if (name == "softplus")
    return SoftplusOp::create(b, value);
  if (name == "affine")
    return b.add(scale(value, alpha(1)), number(beta(0)));
  if (name == "scaledtanh")
    return scale(TanhOp::create(b, scale(value, beta(1))), alpha(1));
  if (name == "leakyrelu")
    return LeakyReluOp::create(b, value, b.getF32FloatAttr(alpha(0.01)));
  if (name == "elu")
    return EluOp::create(b, value, b.getF32FloatAttr(alpha(1)));
  if (name == "softsign")
    return b.div(value, b.add(AbsOp::create(b, value), number(1)));
  if (name == "thresholdedrelu")
    return b.select(b.compare(ComparisonPredicate::gt, value, number(alpha(1))),
                    value, number(0));
  Value line = b.add(scale(value, alpha(0.2)), number(beta(0.5)));
  return MaximumOp::create(b, MinimumOp::create(b, line, number(1)),
                           number(0)); // HardSigmoid
}

//===----------------------------------------------------------------------===//
// Steps
//===----------------------------------------------------------------------===//

Value RecurrentLayer::getInitialState(Value state) {
  if (state)
    return state;
  RankedTensorType type =
      getTensorType({getDim(getTensorTypeOf(x), 1), getHidden()}, getElement());
  return b.zeros(type);
}

/// Which sequences reach `step`: [batch, 1].
Value RecurrentLayer::buildMask(Value step) {
  Value mask =
      b.compare(ComparisonPredicate::lt, step, b.cast(lengths, b.getI64Type()));
  return b.reshape(
      mask, {getDims(getTensorTypeOf(mask))[0], b.getAffineConstantExpr(1)});
}

SmallVector<Value> RecurrentLayer::scan(unsigned d, Value inputs,
                                        ArrayRef<Value> initial, Cell cell) {
  bool isReverse = direction == Direction::reverse || d == 1;
  AffineExpr steps = getDim(getTensorTypeOf(x), 0);
  SmallVector<Value> inits, slices = {inputs};
  SmallVector<Type> types, arguments;
  for (Value state : initial) {
    inits.push_back(getInitialState(state));
    types.push_back(inits.back().getType());
  }
  if (lengths)
    slices.push_back(b.countUp(steps));
  arguments = types;
  for (Value slice : slices)
    arguments.push_back(
        getTensorType(ArrayRef(getDims(getTensorTypeOf(slice))).drop_front(),
                      getTensorTypeOf(slice).getElementType()));
  SmallVector<AffineExpr> stacked = getDims(cast<RankedTensorType>(types[0]));
  stacked.insert(stacked.begin(), steps);
  types.push_back(getTensorType(stacked, getElement()));

  auto scan = ScanOp::create(b, types, inits, slices,
                             DimsAttr::get(b.getContext(), steps),
                             SmallVector<bool>(slices.size() + 1, isReverse));
  OpBuilder::InsertionGuard guard(b);
  Block *body =
      b.createBlock(&scan.getBody(), {}, arguments,
                    SmallVector<Location>(arguments.size(), b.getLoc()));
  ValueRange states = body->getArguments().take_front(inits.size());
  SmallVector<Value> next = cell(body->getArgument(inits.size()), states);
  Value output = next[0];
  if (lengths) {
    // sequences that have ended keep their state and give 0
    Value mask = buildMask(body->getArguments().back());
    output = b.select(mask, next[0], number(0));
    for (auto [state, before] : llvm::zip_equal(next, states))
      state = b.select(mask, state, before);
  }
  next.push_back(output);
  YieldOp::create(b, next);
  SmallVector<Value> results = {scan.getResults().back()};
  llvm::append_range(results, scan.getResults().drop_back());
  return results;
}

SmallVector<Value>
RecurrentLayer::join(ArrayRef<SmallVector<Value>> directions) {
  SmallVector<Value> results;
  for (unsigned i = 0; i < directions[0].size(); ++i) {
    // the outputs of all steps have the direction as their second dimension
    int64_t axis = i == 0 ? 1 : 0;
    SmallVector<Value> parts;
    for (ArrayRef<Value> direction : directions) {
      SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(direction[i]));
      dims.insert(dims.begin() + axis, b.getAffineConstantExpr(1));
      parts.push_back(b.reshape(direction[i], dims));
    }
    results.push_back(b.createOrFold<ConcatOp>(parts, axis));
  }
  return results;
}
