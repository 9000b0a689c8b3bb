//===- Layers.cpp - layers with weights or windows ------------------------===//

#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/Contractions.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/WindowOps.h"
#include "tenon/Graph/GraphBuilder.h"
#include <cmath>

using namespace mlir;
using namespace tenon;

Tensor GraphBuilder::reshape(StringRef layer, Tensor x,
                             ArrayRef<AffineExpr> dims) {
  if (!x)
    return {};
  return create<ReshapeOp>(
      layer, getTensorType(dims, x.getType().getElementType()), x);
}

/// Adds a bias for each index of dimension 1.
Tensor GraphBuilder::addChannelBias(Tensor x, StringRef layer, int64_t channels,
                                    double bound) {
  Tensor bias = weights((layer + ".bias").str(), channels, bound);
  if (!x || !bias)
    return {};
  SmallVector<AffineExpr> dims(x.getRank() - 1,
                               getAffineConstantExpr(1, &context));
  dims.front() = getAffineConstantExpr(channels, &context);
  Tensor shaped = reshape(layer, bias, dims);
  return create<AddOp>(layer, x, shaped);
}

//===----------------------------------------------------------------------===//
// Layers with weights
//===----------------------------------------------------------------------===//

Tensor GraphBuilder::conv2d(Tensor x, ConvOptions options) {
  std::string layer = makeName("conv");
  if (!x)
    return {};
  if (x.getRank() != 4 || x.getType().isDynamicDim(1) || options.groups < 1 ||
      x.getSize(1) % options.groups != 0)
    return fail(layer, "expected an input [N, C, H, W] whose channels divide "
                       "into groups");
  int64_t inputs = x.getSize(1) / options.groups;
  double bound =
      1 / std::sqrt(double(inputs * options.window * options.window));
  Tensor w =
      weights(layer + ".weight",
              {options.outputs, inputs, options.window, options.window}, bound);
  if (!w)
    return {};
  SmallVector<int64_t> ones = {1, 1};
  SmallVector<int64_t> strides(2, options.stride), pads(4, options.padding);
  Tensor y = create<ConvOp>(
      layer, x, w, builder.getDenseI64ArrayAttr(strides),
      builder.getDenseI64ArrayAttr(pads), builder.getDenseI64ArrayAttr(ones),
      builder.getDenseI64ArrayAttr(ones),
      builder.getI64IntegerAttr(options.groups), UnitAttr(), TypeAttr());
  return options.hasBias ? addChannelBias(y, layer, options.outputs, bound) : y;
}

Tensor GraphBuilder::dense(Tensor x, int64_t outputs) {
  std::string layer = makeName("dense");
  if (!x)
    return {};
  if (x.getRank() != 2 || x.getType().isDynamicDim(1))
    return fail(layer, "expected an input [N, features]");
  double bound = 1 / std::sqrt(double(x.getSize(1)));
  Tensor w = weights(layer + ".weight", {x.getSize(1), outputs}, bound);
  if (!w)
    return {};
  Location loc = NameLoc::get(builder.getStringAttr(layer));
  FailureOr<Value> product = buildMatmul(builder, loc, x, w);
  hasFailed |= failed(product);
  return failed(product) ? Tensor()
                         : addChannelBias(*product, layer, outputs, bound);
}

Tensor GraphBuilder::batchNorm(Tensor x) {
  std::string layer = makeName("norm");
  if (!x)
    return {};
  if (x.getRank() < 2 || x.getType().isDynamicDim(1))
    return fail(layer, "expected an input [N, C, ...] of known channels");
  int64_t channels = x.getSize(1);
  SmallVector<float> ones(channels, 1.0f), zeros(channels, 0.0f);
  Tensor scale = constant(layer + ".weight", channels, ones);
  Tensor bias = constant(layer + ".bias", channels, zeros);
  Tensor mean = constant(layer + ".running_mean", channels, zeros);
  Tensor variance = constant(layer + ".running_var", channels, ones);
  return create<BatchNormOp>(layer, x, scale, bias, mean, variance,
                             builder.getF32FloatAttr(1e-5f),
                             builder.getF32FloatAttr(0.9f));
}

//===----------------------------------------------------------------------===//
// Layers with windows
//===----------------------------------------------------------------------===//

Tensor GraphBuilder::pool(Tensor x, PoolOptions options, bool isMaximum) {
  ReduceKind kind = isMaximum ? ReduceKind::maximum : ReduceKind::mean;
  SmallVector<int64_t> window(2, options.window), strides(2, options.stride),
      pads(4, options.padding), ones(2, 1);
  return create<PoolOp>(
      makeName(isMaximum ? "max_pool" : "average_pool"),
      ReduceKindAttr::get(&context, kind), x,
      builder.getDenseI64ArrayAttr(window),
      builder.getDenseI64ArrayAttr(strides), builder.getDenseI64ArrayAttr(pads),
      builder.getDenseI64ArrayAttr(ones), UnitAttr(), UnitAttr(), UnitAttr());
}

Tensor GraphBuilder::maxPool(Tensor x, PoolOptions options) {
  return pool(x, options, /*isMaximum=*/true);
}

Tensor GraphBuilder::averagePool(Tensor x, PoolOptions options) {
  return pool(x, options, /*isMaximum=*/false);
}

Tensor GraphBuilder::globalAveragePool(Tensor x) {
  if (!x)
    return {};
  SmallVector<int64_t> axes =
      llvm::to_vector(llvm::seq<int64_t>(2, x.getRank()));
  return create<ReduceOp>(makeName("mean"),
                          ReduceKindAttr::get(&context, ReduceKind::mean), x,
                          builder.getDenseI64ArrayAttr(axes), UnitAttr());
}

Tensor GraphBuilder::flatten(Tensor x) {
  if (!x)
    return {};
  SmallVector<AffineExpr> dims = getDims(x.getType());
  AffineExpr rest = getProduct(ArrayRef(dims).drop_front(), &context);
  return reshape(makeName("flatten"), x, {dims.front(), rest});
}

Tensor GraphBuilder::loss(Loss loss, Tensor predictions, Tensor targets) {
  std::string layer = makeName("loss");
  if (!predictions || !targets)
    return {};
  Value taken = predictions;
  FailureOr<RankedTensorType> type = getTargetType(loss, taken);
  if (failed(type) || *type != targets.getType()) {
    hasFailed = true;
    if (succeeded(type))
      emitError(NameLoc::get(builder.getStringAttr(layer)))
          << "layer \"" << layer << "\": expected targets of type " << *type
          << ", got " << targets.getType();
    return {};
  }
  Composer c(NameLoc::get(builder.getStringAttr(layer)), builder);
  return buildLoss(c, loss, taken, targets);
}
