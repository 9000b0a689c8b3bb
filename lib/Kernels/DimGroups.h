//===- DimGroups.h - what a reshape splits and joins ------------*- C++ -*-===//
#ifndef TENON_LIB_KERNELS_DIMGROUPS_H
#define TENON_LIB_KERNELS_DIMGROUPS_H

#include "mlir/Support/LLVM.h"
#include "tenon/Kernels/Layout.h"

namespace tenon {

/// Neighbouring dimensions of a shape that become neighbouring ones of another.
struct DimGroup {
  mlir::SmallVector<int64_t> from, to;
};

/// The smallest such groups, in order; nullopt where the sizes don't say.
/// Dimensions of size 1 belong to the group before them.
std::optional<mlir::SmallVector<DimGroup>>
groupDims(mlir::RankedTensorType from, mlir::RankedTensorType to);

/// The layout of the reshaped tensor, where that of the tensor before is
/// `layout`; failure where it tears a group apart.
mlir::FailureOr<Layout> regroup(mlir::ArrayRef<DimGroup> groups,
                                mlir::RankedTensorType from, LayoutRef layout);

} // namespace tenon

#endif // TENON_LIB_KERNELS_DIMGROUPS_H
