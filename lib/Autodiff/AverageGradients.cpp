//===- AverageGradients.cpp - one step of several ranks -------------------===//

#include "AverageGradients.h"
#include "Movement.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"

using namespace mlir;
using namespace tenon;

/// Large enough for the network to be busy, and small beside a large model.
static constexpr int64_t kBucketElements = 1 << 20;

static int64_t countElements(Value value) {
  return getTensorTypeOf(value).getNumElements();
}

/// Averages `bucket`, whose elements have one type, as one array.
static void average(Composer &c, ArrayRef<Value *> bucket) {
  SmallVector<Value> parts = llvm::map_to_vector(
      bucket, [&](Value *gradient) { return flatten(c, *gradient); });
  Value all = parts.size() == 1
                  ? parts[0]
                  : ConcatOp::create(c, parts, /*axis=*/0).getResult();
  all = AllReduceOp::create(c, ReduceKind::mean, all);
  int64_t begin = 0;
  for (Value *gradient : bucket) {
    int64_t size = countElements(*gradient);
    Value part = parts.size() == 1
                     ? all
                     : sliceRange(c, all, 0, c.getAffineConstantExpr(begin),
                                  c.getAffineConstantExpr(size));
    *gradient = c.reshape(part, getDims(getTensorTypeOf(*gradient)));
    begin += size;
  }
}

void tenon::averageGradients(Composer &c, MutableArrayRef<Value> gradients) {
  SmallVector<Value *> bucket;
  int64_t elements = 0;
  for (Value &gradient : llvm::reverse(gradients)) {
    bool isOther =
        !bucket.empty() && getElementTypeOrSelf(gradient.getType()) !=
                               getElementTypeOrSelf(bucket[0]->getType());
    if (isOther || elements >= kBucketElements) {
      average(c, bucket);
      bucket.clear();
      elements = 0;
    }
    bucket.push_back(&gradient);
    elements += countElements(gradient);
  }
  if (!bucket.empty())
    average(c, bucket);
}
