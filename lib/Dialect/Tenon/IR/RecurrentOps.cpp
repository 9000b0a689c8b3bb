//===- RecurrentOps.cpp - recurrent layers --------------------------------===//

#include "tenon/Dialect/Tenon/IR/RecurrentOps.h"
#include "RecurrentLayer.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/RecurrentOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

static LogicalResult checkDims(std::optional<Location> loc, StringRef what,
                               Value value, ArrayRef<AffineExpr> dims) {
  if (!value)
    return success();
  auto type = cast<RankedTensorType>(value.getType());
  RankedTensorType expected = getTensorType(dims, type.getElementType());
  bool isKnown =
      type.getRank() == expected.getRank() &&
      llvm::none_of(llvm::zip_equal(expected.getShape(), type.getShape()),
                    [](auto sizes) {
                      auto [wanted, size] = sizes;
                      return !ShapedType::isDynamic(wanted) &&
                             ShapedType::isDynamic(size);
                    });
  if (isKnown && succeeded(verifyCompatibleShape(expected, type)))
    return success();
  return emitOptionalError(loc, "expected ", what, " of type ", expected,
                           ", got ", type);
}

/// Whether RecurrentLayer knows an activation by this name.
static bool isActivation(StringRef name) {
  return llvm::is_contained({"tanh", "sigmoid", "relu", "softplus", "affine",
                             "scaledtanh", "leakyrelu", "elu", "softsign",
                             "thresholdedrelu", "hardsigmoid"},
                            name.lower());
}

/// Results: outputs of all steps, then `numStates` last states.
template <typename Adaptor>
static LogicalResult inferRecurrent(std::optional<Location> loc,
                                    Adaptor adaptor, int64_t gates,
                                    int64_t functions, unsigned numStates,
                                    SmallVectorImpl<Type> &types) {
  auto x = cast<RankedTensorType>(adaptor.getX().getType()),
       recurrence = cast<RankedTensorType>(adaptor.getRecurrence().getType());
  if (x.getRank() != 3 || recurrence.getRank() != 3 ||
      recurrence.isDynamicDim(2))
    return emitOptionalError(loc,
                             "expected inputs [steps, batch, inputs] and "
                             "recurrence weights of known size, got ",
                             x, " and ", recurrence);
  MLIRContext *context = x.getContext();
  auto constant = [&](int64_t value) {
    return getAffineConstantExpr(value, context);
  };
  int64_t hidden = recurrence.getDimSize(2);
  bool isBoth = adaptor.getDirection() == Direction::bidirectional;
  AffineExpr directions = constant(isBoth ? 2 : 1), steps = getDim(x, 0),
             batch = getDim(x, 1);
  SmallVector<AffineExpr> state = {directions, batch, constant(hidden)};
  if (failed(checkDims(loc, "weights", adaptor.getWeights(),
                       {directions, constant(gates * hidden), getDim(x, 2)})) ||
      failed(checkDims(
          loc, "recurrence weights", adaptor.getRecurrence(),
          {directions, constant(gates * hidden), constant(hidden)})) ||
      failed(checkDims(loc, "bias", adaptor.getBias(),
                       {directions, constant(2 * gates * hidden)})) ||
      failed(checkDims(loc, "sequence lengths", adaptor.getSequenceLengths(),
                       {batch})) ||
      failed(checkDims(loc, "initial state", adaptor.getInitialH(), state)))
    return failure();
  int64_t wanted = functions * (isBoth ? 2 : 1);
  if (int64_t(adaptor.getActivations().size()) != wanted)
    return emitOptionalError(loc, "expected ", wanted, " activations, got ",
                             adaptor.getActivations().size());
  for (StringAttr name :
       adaptor.getActivations().template getAsRange<StringAttr>())
    if (!isActivation(name))
      return emitOptionalError(loc, "expected an activation function, got ",
                               name);
  types.push_back(getTensorType({steps, directions, batch, constant(hidden)},
                                x.getElementType()));
  types.append(numStates, getTensorType(state, x.getElementType()));
  return success();
}

//===----------------------------------------------------------------------===//
// RNNOp
//===----------------------------------------------------------------------===//

LogicalResult RNNOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferRecurrent(loc, adaptor, /*gates=*/1, /*functions=*/1,
                        /*numStates=*/1, types);
}

FailureOr<SmallVector<Value>> RNNOp::decompose(OpBuilder &builder) {
  RecurrentLayer layer(*this, builder);
  SmallVector<SmallVector<Value>> directions;
  for (unsigned d = 0; d < layer.getNumDirections(); ++d) {
    auto [inputBias, stateBias] = layer.takeBias(d);
    Value recurrence = layer.takeColumns(getRecurrence(), d);
    Value inputs = layer.b.addIfAny(
        layer.project(getX(), layer.takeColumns(getWeights(), d)),
        layer.b.addIfAny(inputBias, stateBias));
    directions.push_back(layer.scan(
        d, inputs, layer.takeDirection(getInitialH(), d),
        [&](Value input, ValueRange states) -> SmallVector<Value> {
          Value sum = layer.b.add(input, layer.project(states[0], recurrence));
          return {layer.activate(d, 0, sum)};
        }));
  }
  return layer.join(directions);
}

//===----------------------------------------------------------------------===//
// GRUOp
//===----------------------------------------------------------------------===//

LogicalResult GRUOp::inferReturnTypes(MLIRContext *,
                                      std::optional<Location> loc,
                                      Adaptor adaptor,
                                      SmallVectorImpl<Type> &types) {
  return inferRecurrent(loc, adaptor, /*gates=*/3, /*functions=*/2,
                        /*numStates=*/1, types);
}

/// h' = (1 - z) * g(...) + z * h with gates in the order z, r, h. Without
/// linear_before_reset the columns of the recurrence come apart: those of z and
/// r, then those of h.
static Value buildGruCell(RecurrentLayer &layer, unsigned d, Value input,
                          Value h, ArrayRef<Value> recurrence,
                          Value stateBias) {
  bool isLinearBeforeReset = recurrence.size() == 1;
  Value projected = layer.project(h, recurrence[0]);
  if (isLinearBeforeReset)
    projected = layer.b.addIfAny(projected, stateBias);
  auto gate = [&](unsigned index) {
    return layer.activate(d, 0,
                          layer.b.add(layer.takeGate(input, index),
                                      layer.takeGate(projected, index)));
  };
  Value update = gate(0), reset = gate(1);
  Value candidate = isLinearBeforeReset
                        ? layer.b.mul(reset, layer.takeGate(projected, 2))
                        : layer.project(layer.b.mul(reset, h), recurrence[1]);
  candidate =
      layer.activate(d, 1, layer.b.add(layer.takeGate(input, 2), candidate));
  return layer.b.add(layer.b.mul(layer.complement(update), candidate),
                     layer.b.mul(update, h));
}

FailureOr<SmallVector<Value>> GRUOp::decompose(OpBuilder &builder) {
  RecurrentLayer layer(*this, builder);
  SmallVector<SmallVector<Value>> directions;
  for (unsigned d = 0; d < layer.getNumDirections(); ++d) {
    auto [inputBias, stateBias] = layer.takeBias(d);
    Value recurrence = layer.takeColumns(getRecurrence(), d);
    int64_t hidden = *getConstantDim(layer.getHidden());
    SmallVector<Value> parts = {recurrence};
    if (!getLinearBeforeReset())
      parts = {layer.takeLast(recurrence, 0, 2 * hidden),
               layer.takeLast(recurrence, 2 * hidden, hidden)};
    Value inputs = layer.b.addIfAny(
        layer.project(getX(), layer.takeColumns(getWeights(), d)),
        getLinearBeforeReset() ? inputBias
                               : layer.b.addIfAny(inputBias, stateBias));
    Value kept = stateBias;
    directions.push_back(layer.scan(
        d, inputs, layer.takeDirection(getInitialH(), d),
        [&](Value input, ValueRange states) -> SmallVector<Value> {
          return {buildGruCell(layer, d, input, states[0], parts, kept)};
        }));
  }
  return layer.join(directions);
}

//===----------------------------------------------------------------------===//
// LSTMOp
//===----------------------------------------------------------------------===//

LogicalResult LSTMOp::inferReturnTypes(MLIRContext *,
                                       std::optional<Location> loc,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  if (failed(inferRecurrent(loc, adaptor, /*gates=*/4, /*functions=*/3,
                            /*numStates=*/2, types)))
    return failure();
  SmallVector<AffineExpr> state = getDims(cast<RankedTensorType>(types.back()));
  SmallVector<AffineExpr> peepholes = {state[0], 3 * state[2]};
  return success(succeeded(checkDims(loc, "initial cell state",
                                     adaptor.getInitialC(), state)) &&
                 succeeded(checkDims(loc, "peepholes", adaptor.getPeepholes(),
                                     peepholes)));
}

/// c' = f * c + i * g(...), h' = o * h(c') with gates in the order i, o, f, c;
/// peepholes (i, o, f) let the gates see the cell's state.
static SmallVector<Value> buildLstmCell(RecurrentLayer &layer, LSTMOp op,
                                        unsigned d, Value sum, Value c,
                                        Value peepholes) {
  auto gate = [&](unsigned index, unsigned peephole, Value state) {
    Value value = layer.takeGate(sum, index);
    if (peepholes)
      value = layer.b.add(
          value, layer.b.mul(layer.takeGate(peepholes, peephole), state));
    return layer.activate(d, 0, value);
  };
  Value input = gate(0, 0, c);
  Value forget = op.getInputForget() ? layer.complement(input) : gate(2, 2, c);
  Value candidate = layer.activate(d, 1, layer.takeGate(sum, 3));
  Value next =
      layer.b.add(layer.b.mul(forget, c), layer.b.mul(input, candidate));
  Value output = gate(1, 1, next);
  return {layer.b.mul(output, layer.activate(d, 2, next)), next};
}

FailureOr<SmallVector<Value>> LSTMOp::decompose(OpBuilder &builder) {
  RecurrentLayer layer(*this, builder);
  SmallVector<SmallVector<Value>> directions;
  for (unsigned d = 0; d < layer.getNumDirections(); ++d) {
    auto [inputBias, stateBias] = layer.takeBias(d);
    Value recurrence = layer.takeColumns(getRecurrence(), d);
    Value peepholes = layer.takeDirection(getPeepholes(), d);
    Value inputs = layer.b.addIfAny(
        layer.project(getX(), layer.takeColumns(getWeights(), d)),
        layer.b.addIfAny(inputBias, stateBias));
    directions.push_back(layer.scan(
        d, inputs,
        {layer.takeDirection(getInitialH(), d),
         layer.takeDirection(getInitialC(), d)},
        [&](Value input, ValueRange states) {
          Value sum = layer.b.add(input, layer.project(states[0], recurrence));
          return buildLstmCell(layer, *this, d, sum, states[1], peepholes);
        }));
  }
  return layer.join(directions);
}
