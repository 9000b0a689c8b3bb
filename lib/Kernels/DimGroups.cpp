//===- DimGroups.cpp - which dimensions a reshape splits and joins --------===//

#include "DimGroups.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"

using namespace mlir;
using namespace tenon;

namespace {
/// Takes the dimensions of one side into a group.
class Side {
public:
  Side(RankedTensorType type, SmallVector<int64_t> DimGroup::*member)
      : dims(getDims(type)), member(member) {}

  bool isAtEnd() const { return next == dims.size(); }
  AffineExpr getProduct() const { return product; }

  /// False at the end, and where a size is not known.
  bool take(DimGroup &group) {
    if (isAtEnd() || !dims[next])
      return false;
    product = product ? simplifyDim(product * dims[next]) : dims[next];
    (group.*member).push_back(next++);
    return true;
  }
  void takeUnits(DimGroup &group) {
    while (!isAtEnd() && dims[next] && getConstantDim(dims[next]) == 1)
      (group.*member).push_back(next++);
  }
  void beginGroup() { product = {}; }

private:
  SmallVector<AffineExpr> dims;
  SmallVector<int64_t> DimGroup::*member;
  size_t next = 0;
  AffineExpr product;
};
} // namespace

/// Whether a group with these products lacks dimensions of the first side.
static bool isFirstShort(AffineExpr first, AffineExpr second) {
  std::optional<int64_t> a = getConstantDim(first), b = getConstantDim(second);
  return a && b ? *a < *b : bool(divideExactly(second, first));
}

std::optional<SmallVector<DimGroup>> tenon::groupDims(RankedTensorType fromType,
                                                      RankedTensorType toType) {
  Side from(fromType, &DimGroup::from), to(toType, &DimGroup::to);
  SmallVector<DimGroup> groups(1);
  // leading dimensions of size 1
  from.takeUnits(groups.back());
  to.takeUnits(groups.back());
  while (!from.isAtEnd() || !to.isAtEnd()) {
    if (from.getProduct())
      groups.emplace_back();
    DimGroup &group = groups.back();
    from.beginGroup();
    to.beginGroup();
    if (!from.take(group) || !to.take(group))
      return std::nullopt;
    while (from.getProduct() != to.getProduct())
      if (!(isFirstShort(from.getProduct(), to.getProduct()) ? from.take(group)
                                                             : to.take(group)))
        return std::nullopt;
    from.takeUnits(group);
    to.takeUnits(group);
  }
  return groups;
}

FailureOr<Layout> tenon::regroup(ArrayRef<DimGroup> groups,
                                 RankedTensorType from, LayoutRef layout) {
  Layout result;
  Layout order = getOrder(from, layout);
  LayoutRef rest = order;
  SmallVector<bool> isDone(groups.size(), false);
  auto append = [&](size_t index) {
    llvm::append_range(result, groups[index].to);
    isDone[index] = true;
  };
  while (!rest.empty()) {
    size_t index =
        llvm::find_if(groups,
                      [&](const DimGroup &group) {
                        return llvm::is_contained(group.from, rest.front());
                      }) -
        groups.begin();
    for (int64_t dim : groups[index].from) {
      if (from.getDimSize(dim) == 1)
        continue;
      if (rest.empty() || rest.front() != dim)
        return failure();
      rest = rest.drop_front();
    }
    append(index);
  }
  // nothing but dimensions of size 1
  for (size_t index = 0; index < groups.size(); ++index)
    if (!isDone[index])
      append(index);
  return result;
}
