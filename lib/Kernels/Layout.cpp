//===- Layout.cpp - in which order a tensor's dimensions lie --------------===//

#include "tenon/Kernels/Layout.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"

using namespace mlir;
using namespace tenon;

Layout tenon::getModelLayout(int64_t rank) {
  return llvm::to_vector(llvm::seq<int64_t>(0, rank));
}

Layout tenon::getChannelsLast(int64_t rank) {
  Layout layout{0};
  llvm::append_range(layout, llvm::seq<int64_t>(2, rank));
  layout.push_back(1);
  return layout;
}

bool tenon::isModelLayout(LayoutRef layout) { return llvm::is_sorted(layout); }

Layout tenon::invert(LayoutRef layout) {
  Layout inverse(layout.size());
  for (auto [index, dim] : llvm::enumerate(layout))
    inverse[dim] = index;
  return inverse;
}

Layout tenon::extend(LayoutRef layout, int64_t rank) {
  int64_t added = rank - layout.size();
  Layout extended = getModelLayout(added);
  for (int64_t dim : layout)
    extended.push_back(dim + added);
  return extended;
}

Layout tenon::restrict(LayoutRef layout, int64_t rank) {
  int64_t added = layout.size() - rank;
  Layout restricted;
  for (int64_t dim : layout)
    if (dim >= added)
      restricted.push_back(dim - added);
  return restricted;
}

Layout tenon::compose(LayoutRef of, LayoutRef layout) {
  int64_t rank = std::max(of.size(), layout.size());
  return permute<int64_t>(extend(of, rank), extend(layout, rank));
}

int64_t tenon::getPlace(LayoutRef layout, int64_t dim) {
  return llvm::find(layout, dim) - layout.begin();
}

Layout tenon::getOrder(RankedTensorType type, LayoutRef layout) {
  Layout order;
  for (int64_t dim : restrict(layout, type.getRank()))
    if (type.getDimSize(dim) != 1)
      order.push_back(dim);
  return order;
}

RankedTensorType tenon::getStoredType(RankedTensorType type, LayoutRef layout) {
  SmallVector<AffineExpr> dims(layout.size() - type.getRank(),
                               getAffineConstantExpr(1, type.getContext()));
  llvm::append_range(dims, getDims(type));
  return getTensorType(permute<AffineExpr>(dims, layout),
                       type.getElementType());
}
