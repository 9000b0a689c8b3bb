//===- Layout.h - in which order dimensions lie -----------------*- C++ -*-===//
//
// A layout is a permutation: dimension i of what lies in memory is dimension
// `layout[i]` of the value. One that is longer than the value's rank speaks of
// the value with as many dimensions of size 1 in front, as those see it that
// broadcast it. An empty one is that of the model.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_KERNELS_LAYOUT_H
#define TENON_KERNELS_LAYOUT_H

#include "mlir/IR/BuiltinTypes.h"

namespace tenon {

using Layout = llvm::SmallVector<int64_t>;
using LayoutRef = llvm::ArrayRef<int64_t>;

/// [0, 1, .., rank - 1]
Layout getModelLayout(int64_t rank);

/// [0, 2, .., rank - 1, 1]: channels behind the spatial dimensions.
Layout getChannelsLast(int64_t rank);

bool isModelLayout(LayoutRef layout);

/// The layout whose dimension `layout[i]` is i.
Layout invert(LayoutRef layout);

/// `layout` with dimensions of size 1 in front, up to `rank`, and without them.
Layout extend(LayoutRef layout, int64_t rank);
Layout restrict(LayoutRef layout, int64_t rank);

/// The layout of x, where y is x in the layout `of`, and y has `layout`.
Layout compose(LayoutRef of, LayoutRef layout);

/// Where dimension `dim` lies.
int64_t getPlace(LayoutRef layout, int64_t dim);

/// `values`, one for each dimension, in the order of `layout`.
template <typename T>
llvm::SmallVector<T> permute(llvm::ArrayRef<T> values, LayoutRef layout) {
  llvm::SmallVector<T> permuted;
  for (int64_t dim : layout)
    permuted.push_back(values[dim]);
  return permuted;
}

/// The order of those dimensions whose size is not 1. Layouts of one order are
/// the same bytes.
Layout getOrder(mlir::RankedTensorType type, LayoutRef layout);

/// The type of a value of type `type` as it lies in memory.
mlir::RankedTensorType getStoredType(mlir::RankedTensorType type,
                                     LayoutRef layout);

} // namespace tenon

#endif // TENON_KERNELS_LAYOUT_H
