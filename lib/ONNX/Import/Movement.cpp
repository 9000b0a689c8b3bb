//===- Movement.cpp - operators that put elements elsewhere ---------------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeRules.h"

using namespace mlir;
using namespace tenon;

static DimsAttr getDimsAttr(OnnxNode &node, ArrayRef<AffineExpr> exprs) {
  return DimsAttr::get(node.getContext(), exprs);
}

static SmallVector<AffineExpr> getConstants(OnnxNode &node,
                                            ArrayRef<int64_t> values) {
  return llvm::map_to_vector(values, [&](int64_t value) {
    return getAffineConstantExpr(value, node.getContext());
  });
}

LogicalResult tenon::importTranspose(OnnxNode &node) {
  SmallVector<int64_t> reversed(
      llvm::reverse(llvm::seq<int64_t>(0, node.getOperandRank(0))));
  return node.setResult(node.create<TransposeOp>(
      node.getOperand(0), node.getInts("perm").value_or(reversed)));
}

/// The dimensions to which `type` broadcasts by a shape whose elements `known`
/// has as far as they do not follow from data, and `shape` all of. A size of
/// data may be 1, where the operand's own counts.
static FailureOr<SmallVector<AffineExpr>>
getExpandedDims(OnnxNode &node, RankedTensorType type,
                ArrayRef<AffineExpr> known, ArrayRef<AffineExpr> shape) {
  SmallVector<AffineExpr> own = getDims(type), sizes(shape);
  size_t common = std::min(own.size(), sizes.size());
  for (size_t i = 1; i <= common; ++i) {
    AffineExpr &dim = own[own.size() - i], &size = sizes[sizes.size() - i];
    if (!known[known.size() - i] && !getConstantDim(dim))
      dim = size = getMaxDim(dim, size);
  }
  return broadcastDims(node.getLoc(), own, sizes);
}

LogicalResult tenon::importExpand(OnnxNode &node) {
  FailureOr<SmallVector<AffineExpr>> known = node.getPartialOperand(1, "shape");
  FailureOr<SmallVector<AffineExpr>> shape = node.getShapeOperand(1, "shape");
  if (failed(known) || failed(shape))
    return failure();
  RankedTensorType type = node.getOperandType(0);
  FailureOr<SmallVector<AffineExpr>> dims =
      getExpandedDims(node, type, *known, *shape);
  if (failed(dims))
    return failure();
  return node.setResult(node.create<BroadcastOp>(
      getTensorType(*dims, type.getElementType()), node.getOperand(0)));
}

LogicalResult tenon::importTile(OnnxNode &node) {
  FailureOr<SmallVector<AffineExpr>> repeats =
      node.getShapeOperand(1, "repeats");
  if (failed(repeats))
    return failure();
  return node.setResult(
      node.create<TileOp>(node.getOperand(0), getDimsAttr(node, *repeats)));
}

//===----------------------------------------------------------------------===//
// Pad
//===----------------------------------------------------------------------===//

static std::optional<PadMode> getPadMode(OnnxNode &node) {
  StringRef mode = node.getText("mode", "constant");
  std::optional<PadMode> symbol = symbolizePadMode(mode);
  if (!symbol)
    node.emitError() << "expected attribute \"mode\" to be constant, reflect, "
                        "edge or wrap, got \""
                     << mode << "\"";
  return symbol;
}

/// `pads` holds the amounts before, then those after the dimensions in `axes`.
static LogicalResult importPads(OnnxNode &node, Value operand,
                                ArrayRef<AffineExpr> pads,
                                ArrayRef<int64_t> axes, Value value) {
  std::optional<PadMode> mode = getPadMode(node);
  if (!mode)
    return failure();
  if (pads.size() != 2 * axes.size())
    return node.emitError()
           << "expected " << 2 * axes.size() << " pads, got " << pads.size();
  AffineExpr zero = getAffineConstantExpr(0, node.getContext());
  SmallVector<AffineExpr> low(node.getOperandRank(0), zero), high = low;
  for (auto [index, axis] : llvm::enumerate(axes)) {
    low[axis] = pads[index];
    high[axis] = pads[index + axes.size()];
  }
  if (value && cast<RankedTensorType>(value.getType()).getRank() != 0)
    value = node.createReshape(value, {});
  return node.setResult(node.create<PadOp>(
      operand, value, getDimsAttr(node, low), getDimsAttr(node, high),
      PadModeAttr::get(node.getContext(), *mode)));
}

/// What data adds to `pads`, where these do not follow from sizes; what
/// negative amounts take away goes to `removed`.
static void findPads(OnnxNode &node, SmallVector<AffineExpr> &pads,
                     SmallVector<AffineExpr> &removed) {
  NodeComposer c(node);
  removed.assign(pads.size(), c.getAffineConstantExpr(0));
  if (!llvm::is_contained(pads, AffineExpr()))
    return;
  Value amounts = c.cast(node.getOperand(1), c.getI64Type()),
        zero = c.constant(amounts, 0);
  SmallVector<AffineExpr> more =
      node.getSizes(c.create<MaximumOp>(amounts, zero));
  SmallVector<AffineExpr> less =
      node.getSizes(c.create<MaximumOp>(c.neg(amounts), zero));
  for (auto [index, pad] : llvm::enumerate(pads))
    if (!pad) {
      pad = more[index];
      removed[index] = less[index];
    }
}

/// The operand without what negative amounts take away.
static Value cutOff(OnnxNode &node, ArrayRef<AffineExpr> removed,
                    ArrayRef<int64_t> axes) {
  Value operand = node.getOperand(0);
  if (llvm::all_of(removed, [](AffineExpr size) { return size == 0; }))
    return operand;
  RankedTensorType type = node.getOperandType(0);
  SmallVector<AffineExpr> sizes = getDims(type),
                          starts(type.getRank(),
                                 getAffineConstantExpr(0, node.getContext()));
  for (auto [index, axis] : llvm::enumerate(axes)) {
    starts[axis] = removed[index];
    sizes[axis] = simplifyDim(sizes[axis] - removed[index] -
                              removed[index + axes.size()]);
  }
  return node.create<SliceOp>(getTensorType(sizes, type.getElementType()),
                              operand, getDimsAttr(node, starts),
                              node.getBuilder().getDenseI64ArrayAttr(
                                  SmallVector<int64_t>(type.getRank(), 1)));
}

LogicalResult tenon::importPad(OnnxNode &node) {
  FailureOr<SmallVector<AffineExpr>> pads = node.getPartialOperand(1, "pads");
  int64_t rank = node.getOperandRank(0);
  auto given = node.getAxes(3, "axes", rank);
  if (failed(pads) || failed(given))
    return failure();
  SmallVector<int64_t> axes =
      given->value_or(llvm::to_vector(llvm::seq<int64_t>(0, rank)));
  SmallVector<AffineExpr> removed;
  findPads(node, *pads, removed);
  Value operand = node.getOperand(0);
  if (pads->size() == 2 * axes.size())
    operand = cutOff(node, removed, axes);
  if (!operand)
    return failure();
  return importPads(node, operand, *pads, axes, node.getOperand(2));
}

LogicalResult tenon::importPadByAttributes(OnnxNode &node) {
  StringRef name = node.getVersion() == 1 ? "paddings" : "pads";
  SmallVector<int64_t> pads =
      node.getInts(name).value_or(SmallVector<int64_t>());
  Value value = node.hasAttribute("value")
                    ? node.createScalar(node.getOperandType(0).getElementType(),
                                        node.getFloat("value", 0))
                    : Value();
  return importPads(
      node, node.getOperand(0), getConstants(node, pads),
      llvm::to_vector(llvm::seq<int64_t>(0, node.getOperandRank(0))), value);
}

/// `border` (left, top, right, bottom) is cut off an image.
LogicalResult tenon::importCrop(OnnxNode &node) {
  SmallVector<int64_t> border =
      node.getInts("border").value_or(SmallVector<int64_t>());
  RankedTensorType type = node.getOperandType(0);
  if (type.getRank() != 4 || border.size() != 4 || node.hasAttribute("scale"))
    return node.emitError() << "expected images of rank 4, four borders and no "
                               "scale";
  SmallVector<AffineExpr> dims = getDims(type);
  dims[2] = dims[2] - border[1] - border[3];
  dims[3] = dims[3] - border[0] - border[2];
  return node.setResult(node.create<SliceOp>(
      getTensorType(dims, type.getElementType()), node.getOperand(0),
      getDimsAttr(node, getConstants(node, {0, 0, border[1], border[0]})),
      node.getBuilder().getDenseI64ArrayAttr({1, 1, 1, 1})));
}

//===----------------------------------------------------------------------===//
// DepthToSpace, SpaceToDepth
//===----------------------------------------------------------------------===//

/// Reshapes to `split`, permutes, and reshapes to `joined`.
static LogicalResult importBlocks(OnnxNode &node, ArrayRef<AffineExpr> split,
                                  ArrayRef<int64_t> permutation,
                                  ArrayRef<AffineExpr> joined) {
  Value blocks = node.createReshape(node.getOperand(0), split);
  Value permuted = node.create<TransposeOp>(blocks, permutation);
  return node.setResult(node.createReshape(permuted, joined));
}

static LogicalResult checkImage(OnnxNode &node, int64_t block) {
  constexpr int64_t most = int64_t(1) << 30;
  if (node.getOperandRank(0) != 4 || block < 1 || block > most)
    return node.emitError()
           << "expected an input of rank 4 and a positive block size, got rank "
           << node.getOperandRank(0) << " and block size " << block;
  return success();
}

LogicalResult tenon::importDepthToSpace(OnnxNode &node) {
  int64_t block = node.getInt("blocksize", 0);
  if (failed(checkImage(node, block)))
    return failure();
  SmallVector<AffineExpr> d = getDims(node.getOperandType(0));
  AffineExpr b = getAffineConstantExpr(block, node.getContext());
  AffineExpr depth = d[1].floorDiv(block * block);
  SmallVector<AffineExpr> joined = {d[0], depth, d[2] * block, d[3] * block};
  if (node.getText("mode", "DCR") == "CRD")
    return importBlocks(node, {d[0], depth, b, b, d[2], d[3]},
                        {0, 1, 4, 2, 5, 3}, joined);
  return importBlocks(node, {d[0], b, b, depth, d[2], d[3]}, {0, 3, 4, 1, 5, 2},
                      joined);
}

LogicalResult tenon::importSpaceToDepth(OnnxNode &node) {
  int64_t block = node.getInt("blocksize", 0);
  if (failed(checkImage(node, block)))
    return failure();
  SmallVector<AffineExpr> d = getDims(node.getOperandType(0));
  AffineExpr b = getAffineConstantExpr(block, node.getContext());
  AffineExpr height = d[2].floorDiv(block), width = d[3].floorDiv(block);
  return importBlocks(node, {d[0], d[1], height, b, width, b},
                      {0, 3, 5, 1, 2, 4},
                      {d[0], d[1] * (block * block), height, width});
}
