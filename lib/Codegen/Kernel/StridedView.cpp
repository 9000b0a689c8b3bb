//===- StridedView.cpp - tensors of a kernel as memory --------------------===//

#include "tenon/Codegen/Kernel/StridedView.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tenon;

using Exprs = SmallVector<AffineExpr>;

/// Expressions for `values`; nullopt if one depends on more than symbols.
static std::optional<Exprs> getExprs(ArrayRef<OpFoldResult> values,
                                     func::FuncOp kernel) {
  Exprs exprs;
  for (OpFoldResult value : values) {
    AffineExpr expr = getSymbolicExpr(value, kernel);
    if (!expr)
      return std::nullopt;
    exprs.push_back(expr);
  }
  return exprs;
}

bool tenon::isContiguousPair(AffineExpr outerStride, AffineExpr innerSize,
                             AffineExpr innerStride) {
  return simplifySize(outerStride - innerSize * innerStride) == 0;
}

static std::optional<StridedView> viewBuffer(unsigned argument,
                                             FailureOr<AffineMap> dims,
                                             FailureOr<AffineMap> strides) {
  if (failed(dims) || failed(strides))
    return std::nullopt;
  return StridedView{argument, getAffineConstantExpr(0, dims->getContext()),
                     Exprs(dims->getResults()), Exprs(strides->getResults()),
                     std::nullopt};
}

static std::optional<StridedView> viewArgument(BlockArgument argument,
                                               func::FuncOp kernel) {
  if (argument.getOwner() != &kernel.getBody().front())
    return std::nullopt;
  unsigned index = argument.getArgNumber();
  return viewBuffer(index, getArgumentDims(kernel, index),
                    getArgumentStrides(kernel, index));
}

std::optional<StridedView> tenon::getResultView(func::FuncOp kernel,
                                                unsigned index) {
  return viewBuffer(kernel.getNumArguments() + index,
                    getResultDims(kernel, index),
                    getResultStrides(kernel, index));
}

static std::optional<StridedView> viewSlice(tensor::ExtractSliceOp slice,
                                            func::FuncOp kernel) {
  std::optional<StridedView> source = getStridedView(slice.getSource(), kernel);
  std::optional<Exprs> offsets = getExprs(slice.getMixedOffsets(), kernel);
  std::optional<Exprs> sizes = getExprs(slice.getMixedSizes(), kernel);
  std::optional<Exprs> steps = getExprs(slice.getMixedStrides(), kernel);
  if (!source || source->panels || !offsets || !sizes || !steps)
    return std::nullopt;
  StridedView view{source->argument, source->offset, {}, {}, std::nullopt};
  llvm::SmallBitVector dropped = slice.getDroppedDims();
  for (unsigned i = 0, rank = source->sizes.size(); i < rank; ++i) {
    view.offset = view.offset + (*offsets)[i] * source->strides[i];
    if (dropped.test(i))
      continue;
    view.sizes.push_back((*sizes)[i]);
    view.strides.push_back((*steps)[i] * source->strides[i]);
  }
  return view;
}

std::optional<StridedView>
tenon::collapseView(const StridedView &source,
                    ArrayRef<ReassociationIndices> groups,
                    MLIRContext *context) {
  AffineExpr one = getAffineConstantExpr(1, context);
  StridedView view{source.argument, source.offset, {}, {}, std::nullopt};
  for (const ReassociationIndices &group : groups) {
    AffineExpr size = one, stride = one;
    bool isFirst = true;
    for (int64_t dim : llvm::reverse(group)) {
      if (source.sizes[dim] == 1)
        continue;
      if (isFirst)
        stride = source.strides[dim];
      else if (!isContiguousPair(source.strides[dim], size, stride))
        return std::nullopt;
      size = size * source.sizes[dim];
      isFirst = false;
    }
    view.sizes.push_back(size);
    view.strides.push_back(stride);
  }
  return view;
}

StridedView tenon::expandView(const StridedView &source,
                              ArrayRef<ReassociationIndices> groups,
                              ArrayRef<AffineExpr> sizes,
                              MLIRContext *context) {
  StridedView view{source.argument, source.offset, Exprs(sizes),
                   Exprs(sizes.size()), std::nullopt};
  for (auto [dim, group] : llvm::enumerate(groups)) {
    AffineExpr stride = source.strides[dim];
    for (int64_t inner : llvm::reverse(group)) {
      view.strides[inner] = stride;
      stride = stride * view.sizes[inner];
    }
  }
  // unit dimensions that come from no dimension of a scalar
  for (AffineExpr &stride : view.strides)
    if (!stride)
      stride = getAffineConstantExpr(1, context);
  return view;
}

static std::optional<StridedView>
viewCollapsed(tensor::CollapseShapeOp collapse, func::FuncOp kernel) {
  std::optional<StridedView> source = getStridedView(collapse.getSrc(), kernel);
  if (!source || source->panels)
    return std::nullopt;
  return collapseView(*source, collapse.getReassociationIndices(),
                      kernel.getContext());
}

static std::optional<StridedView> viewExpanded(tensor::ExpandShapeOp expand,
                                               func::FuncOp kernel) {
  std::optional<StridedView> source = getStridedView(expand.getSrc(), kernel);
  std::optional<Exprs> sizes = getExprs(expand.getMixedOutputShape(), kernel);
  if (!source || source->panels || !sizes)
    return std::nullopt;
  return expandView(*source, expand.getReassociationIndices(), *sizes,
                    kernel.getContext());
}

std::optional<StridedView> tenon::lookThroughReshape(Value tensor,
                                                     const StridedView &view,
                                                     func::FuncOp kernel) {
  MLIRContext *context = kernel.getContext();
  if (tensor.getDefiningOp<tensor::CastOp>())
    return view;
  if (auto expand = tensor.getDefiningOp<tensor::ExpandShapeOp>())
    return collapseView(view, expand.getReassociationIndices(), context);
  auto collapse = tensor.getDefiningOp<tensor::CollapseShapeOp>();
  std::optional<Exprs> sizes =
      collapse ? getTensorSizes(collapse.getSrc(), kernel) : std::nullopt;
  if (!sizes)
    return std::nullopt;
  return expandView(view, collapse.getReassociationIndices(), *sizes, context);
}

/// A packed tensor [outer dims permuted, width] seen as the plain one.
static std::optional<StridedView> viewUnpacked(linalg::UnPackOp unpack,
                                               func::FuncOp kernel) {
  std::optional<StridedView> source =
      getStridedView(unpack.getSource(), kernel);
  std::optional<Exprs> sizes = getTensorSizes(unpack.getDest(), kernel);
  ArrayRef<int64_t> tiledDims = unpack.getInnerDimsPos();
  ArrayRef<int64_t> tiles = unpack.getStaticInnerTiles();
  if (!source || source->panels || !sizes || tiledDims.size() != 1 ||
      ShapedType::isDynamic(tiles[0]) || source->strides.back() != 1)
    return std::nullopt;
  unsigned rank = sizes->size();
  StridedView view{source->argument, source->offset, *sizes, Exprs(rank),
                   std::nullopt};
  ArrayRef<int64_t> perm = unpack.getOuterDimsPerm();
  for (unsigned i = 0; i < rank; ++i)
    view.strides[perm.empty() ? i : perm[i]] = source->strides[i];
  unsigned dim = tiledDims[0];
  view.panels = PanelDim{dim, tiles[0], view.strides[dim]};
  view.strides[dim] = getAffineConstantExpr(1, kernel.getContext());
  return view;
}

std::optional<StridedView> tenon::getStridedView(Value tensor,
                                                 func::FuncOp kernel) {
  if (auto argument = dyn_cast<BlockArgument>(tensor))
    return viewArgument(argument, kernel);
  return llvm::TypeSwitch<Operation *, std::optional<StridedView>>(
             tensor.getDefiningOp())
      .Case([&](tensor::CastOp cast) {
        return getStridedView(cast.getSource(), kernel);
      })
      .Case([&](tensor::ExtractSliceOp slice) {
        return viewSlice(slice, kernel);
      })
      .Case([&](tensor::CollapseShapeOp collapse) {
        return viewCollapsed(collapse, kernel);
      })
      .Case([&](tensor::ExpandShapeOp expand) {
        return viewExpanded(expand, kernel);
      })
      .Case(
          [&](linalg::UnPackOp unpack) { return viewUnpacked(unpack, kernel); })
      .Default([](Operation *) { return std::nullopt; });
}
