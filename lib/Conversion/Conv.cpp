//===- Conv.cpp - convolutions as generics --------------------------------===//

#include "Categories.h"
#include "Padding.h"
#include "Reductions.h"
#include "SumOfProducts.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"

using namespace mlir;
using namespace tenon;

namespace {
/// The loops n, output positions, (group,) output channel, window positions,
/// (input channel of the group), in this order for every layout. A depthwise
/// convolution has the group alone for its channels.
class ConvLoops {
public:
  ConvLoops(ConvOp op);

  AffineMap getInputMap() const;
  AffineMap getWeightMap() const;
  AffineMap getResultMap() const;

  bool isGrouped() const { return hasGroup; }
  bool isDepthwise() const { return hasGroup && !hasOutput; }

private:
  AffineExpr next(bool exists) {
    return exists ? getAffineDimExpr(numLoops++, op.getContext())
                  : AffineExpr();
  }
  AffineMap getMap(ArrayRef<AffineExpr> exprs) const {
    auto present = llvm::to_vector(
        llvm::make_filter_range(exprs, [](AffineExpr e) { return bool(e); }));
    return AffineMap::get(numLoops, 0, present, op.getContext());
  }

  mutable ConvOp op;
  unsigned numLoops = 0;
  bool hasGroup, hasOutput, hasInput;
  AffineExpr batch, group, output, input;
  SmallVector<AffineExpr> positions, windows;
};
} // namespace

ConvLoops::ConvLoops(ConvOp op) : op(op) {
  auto weights = cast<RankedTensorType>(op.getWeights().getType());
  bool channelsLast = op.getChannelsLast();
  int64_t perGroup =
      weights.getDimSize(channelsLast ? weights.getRank() - 2 : 1);
  int64_t outputs =
      weights.getDimSize(channelsLast ? weights.getRank() - 1 : 0);
  hasGroup = op.getGroups() > 1;
  hasOutput = !hasGroup || perGroup > 1 ||
              outputs > static_cast<int64_t>(op.getGroups());
  hasInput = hasOutput;
  batch = next(true);
  for (unsigned i = 0; i < op.getSpatialRank(); ++i)
    positions.push_back(next(true));
  group = next(hasGroup);
  output = next(hasOutput);
  for (unsigned i = 0; i < op.getSpatialRank(); ++i)
    windows.push_back(next(true));
  input = next(hasInput);
}

AffineMap ConvLoops::getInputMap() const {
  SmallVector<AffineExpr> exprs{batch};
  if (!op.getChannelsLast())
    exprs.append({group, input});
  for (unsigned i = 0; i < positions.size(); ++i)
    exprs.push_back(positions[i] * op.getStrides()[i] +
                    windows[i] * op.getDilations()[i]);
  if (op.getChannelsLast())
    exprs.append({group, input});
  return getMap(exprs);
}

AffineMap ConvLoops::getWeightMap() const {
  SmallVector<AffineExpr> exprs;
  if (op.getChannelsLast()) {
    exprs.append(windows);
    exprs.append({input, group, output});
  } else {
    exprs.append({group, output, input});
    exprs.append(windows);
  }
  return getMap(exprs);
}

AffineMap ConvLoops::getResultMap() const {
  SmallVector<AffineExpr> exprs{batch};
  if (op.getChannelsLast()) {
    exprs.append(positions);
    exprs.append({group, output});
  } else {
    exprs.append({group, output});
    exprs.append(positions);
  }
  return getMap(exprs);
}

/// Splits dimension `dim` of `tensor` into groups and the rest.
static Value splitGroups(OpBuilder &builder, Location loc, Value tensor,
                         unsigned dim, int64_t groups) {
  auto type = cast<RankedTensorType>(tensor.getType());
  SmallVector<int64_t> shape(type.getShape());
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(builder, loc, tensor);
  int64_t rest = shape[dim] / groups;
  shape[dim] = rest;
  shape.insert(shape.begin() + dim, groups);
  sizes[dim] = builder.getIndexAttr(rest);
  sizes.insert(sizes.begin() + dim, builder.getIndexAttr(groups));
  SmallVector<ReassociationIndices> reassociation;
  for (int64_t i = 0, next = 0; i < type.getRank(); ++i) {
    ReassociationIndices group{next++};
    if (i == dim)
      group.push_back(next++);
    reassociation.push_back(group);
  }
  return tensor::ExpandShapeOp::create(builder, loc, type.clone(shape), tensor,
                                       reassociation, sizes);
}

/// Joins dimensions `dim` and `dim + 1`.
static Value joinDims(OpBuilder &builder, Location loc, Value tensor,
                      unsigned dim) {
  int64_t rank = cast<RankedTensorType>(tensor.getType()).getRank();
  SmallVector<ReassociationIndices> reassociation;
  for (int64_t i = 0; i < rank; ++i) {
    if (i == dim + 1)
      reassociation.back().push_back(i);
    else
      reassociation.push_back({i});
  }
  return tensor::CollapseShapeOp::create(builder, loc, tensor, reassociation);
}

/// Zeros between the elements and around them, in one strided insertion.
static Value dilateAndPad(OpBuilder &builder, ConvOp op, Value input,
                          const KernelDims &dims, unsigned firstSpatial) {
  Location loc = op.getLoc();
  auto type = cast<RankedTensorType>(op.getInput().getType());
  SmallVector<AffineExpr> padded = getDims(type);
  SmallVector<OpFoldResult> offsets(type.getRank(), builder.getIndexAttr(0)),
      strides(type.getRank(), builder.getIndexAttr(1));
  for (unsigned i = 0; i < op.getSpatialRank(); ++i) {
    AffineExpr &size = padded[firstSpatial + i];
    size = (size - 1) * op.getInputDilations()[i] + 1 + op.getPads()[i] +
           op.getPads()[op.getSpatialRank() + i];
    offsets[firstSpatial + i] = builder.getIndexAttr(op.getPads()[i]);
    strides[firstSpatial + i] = builder.getIndexAttr(op.getInputDilations()[i]);
  }
  Builder attributes(op.getContext());
  Type element = getKernelType(type).getElementType();
  Value zeros =
      createFilled(builder, loc, getTensorType(padded, type.getElementType()),
                   cast<TypedAttr>(attributes.getZeroAttr(element)), dims);
  return tensor::InsertSliceOp::create(builder, loc, input, zeros, offsets,
                                       dims.getSizes(builder, loc, type),
                                       strides);
}

static Value padInput(OpBuilder &builder, ConvOp op, Value input,
                      const KernelDims &dims) {
  unsigned firstSpatial = op.getChannelsLast() ? 1 : 2;
  if (llvm::any_of(op.getInputDilations(),
                   [](int64_t dilation) { return dilation != 1; }))
    return dilateAndPad(builder, op, input, dims, firstSpatial);
  auto getPads = [&](ArrayRef<int64_t> pads) {
    return llvm::map_to_vector(pads, [&](int64_t pad) -> OpFoldResult {
      return builder.getIndexAttr(pad);
    });
  };
  Type element = cast<RankedTensorType>(input.getType()).getElementType();
  return padSpatially(builder, op.getLoc(), input, firstSpatial,
                      getPads(op.getPads().take_front(op.getSpatialRank())),
                      getPads(op.getPads().drop_front(op.getSpatialRank())),
                      cast<TypedAttr>(builder.getZeroAttr(element)));
}

static Value prepareInput(OpBuilder &builder, ConvOp op, Value input,
                          const KernelDims &dims) {
  auto weights = cast<RankedTensorType>(op.getWeights().getType()),
       result = cast<RankedTensorType>(op.getType());
  unsigned firstSpatial = op.getChannelsLast() ? 1 : 2;
  SmallVector<int64_t> extents, counts;
  for (unsigned i = 0; i < op.getSpatialRank(); ++i) {
    int64_t size = weights.getDimSize(op.getChannelsLast() ? i : 2 + i);
    extents.push_back((size - 1) * op.getDilations()[i] + 1);
    counts.push_back(result.getDimSize(firstSpatial + i));
  }
  return dropUnreached(builder, op.getLoc(), padInput(builder, op, input, dims),
                       firstSpatial, extents, counts);
}

namespace {
struct ConvLowering
    : LinalgLoweringOpInterface::ExternalModel<ConvLowering, ConvOp> {
  FailureOr<SmallVector<Value>> lowerToLinalg(Operation *op, OpBuilder &builder,
                                              ValueRange operands,
                                              const KernelDims &dims) const {
    auto conv = cast<ConvOp>(op);
    Location loc = op->getLoc();
    ConvLoops loops(conv);
    bool channelsLast = conv.getChannelsLast();
    int64_t groups = conv.getGroups();
    unsigned spatialRank = conv.getSpatialRank();
    unsigned channelDim = channelsLast ? spatialRank + 1 : 1;
    Value input = prepareInput(builder, conv, operands[0], dims),
          weights = operands[1];
    auto type = cast<RankedTensorType>(conv.getType());
    SmallVector<AffineExpr> result = getDims(type);
    if (loops.isDepthwise()) {
      weights = joinDims(builder, loc, weights, channelsLast ? spatialRank : 0);
    } else if (loops.isGrouped()) {
      input = splitGroups(builder, loc, input, channelDim, groups);
      weights = splitGroups(builder, loc, weights,
                            channelsLast ? spatialRank + 1 : 0, groups);
      result[channelDim] = result[channelDim].floorDiv(groups);
      result.insert(result.begin() + channelDim,
                    builder.getAffineConstantExpr(groups));
    }
    auto getElement = [](Value value) {
      return cast<RankedTensorType>(value.getType()).getElementType();
    };
    SumOfProducts contraction{input,
                              weights,
                              loops.getInputMap(),
                              loops.getWeightMap(),
                              loops.getResultMap(),
                              getElement(conv.getInput()),
                              getElement(conv.getWeights()),
                              type.getElementType()};
    Value product =
        createSumOfProducts(builder, loc, contraction,
                            getTensorType(result, type.getElementType()), dims);
    if (loops.isGrouped() && !loops.isDepthwise())
      product = joinDims(builder, loc, product, channelDim);
    return SmallVector<Value>{product};
  }
};
} // namespace

void tenon::attachConvLowerings(MLIRContext *context) {
  ConvOp::attachInterface<ConvLowering>(*context);
}
