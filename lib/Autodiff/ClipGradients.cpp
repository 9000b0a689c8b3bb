//===- ClipGradients.cpp - bounds of gradients ----------------------------===//

#include "ClipGradients.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"

using namespace mlir;
using namespace tenon;

void tenon::clipValues(Composer &c, MutableArrayRef<Value> gradients,
                       double bound) {
  for (Value &gradient : gradients)
    gradient = MinimumOp::create(
        c, MaximumOp::create(c, gradient, c.constant(gradient, -bound)),
        c.constant(gradient, bound));
}

void tenon::clipNorm(Composer &c, MutableArrayRef<Value> gradients,
                     double limit) {
  Value sum;
  for (Value gradient : gradients) {
    auto axes = llvm::to_vector(
        llvm::seq<int64_t>(0, getTensorTypeOf(gradient).getRank()));
    Value wide = c.cast(gradient, c.getF32Type());
    Value part = ReduceOp::create(c, ReduceKind::sum, c.square(wide), axes,
                                  /*keep_dims=*/false);
    sum = c.addIfAny(sum, part);
  }
  Value norm = SqrtOp::create(c, sum);
  Value factor = MinimumOp::create(
      c, c.constant(norm, 1),
      c.div(c.constant(norm, limit), c.add(norm, c.constant(norm, 1e-6))));
  for (Value &gradient : gradients)
    gradient = c.mul(
        gradient, c.cast(factor, getTensorTypeOf(gradient).getElementType()));
}
