//===- Normalization.cpp - derivatives that beat a decomposition's --------===//
//
// Through their results, which are there already; a decomposition would go
// through the maximum too, whose derivative cancels.
//
//===----------------------------------------------------------------------===//

#include "Rules.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"

using namespace mlir;
using namespace tenon;

/// J v = J^T v = y (v - sum(y v)): the Jacobian is symmetric.
static Value multiplyBySoftmax(SoftmaxOp op, Composer &c, Value v) {
  Value product = c.mul(op.getResult(), v);
  Value sum = c.reduce(ReduceKind::sum, product, op.getAxis());
  return c.sub(product, c.mul(op.getResult(), sum));
}

namespace {
struct SoftmaxDerivative
    : DifferentiableOpInterface::ExternalModel<SoftmaxDerivative, SoftmaxOp> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    return SmallVector<Value>{
        multiplyBySoftmax(cast<SoftmaxOp>(op), c, cotangents[0])};
  }
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    return SmallVector<Value>{
        multiplyBySoftmax(cast<SoftmaxOp>(op), c, tangents[0])};
  }
};

struct LogSoftmaxDerivative
    : DifferentiableOpInterface::ExternalModel<LogSoftmaxDerivative,
                                               LogSoftmaxOp> {
  Derivatives pullBack(Operation *op, Composer &c,
                       ValueRange cotangents) const {
    auto softmax = cast<LogSoftmaxOp>(op);
    Value sum = c.reduce(ReduceKind::sum, cotangents[0], softmax.getAxis());
    return SmallVector<Value>{
        c.sub(cotangents[0], c.mul(c.exp(softmax.getResult()), sum))};
  }
  Derivatives pushForward(Operation *op, Composer &c,
                          ValueRange tangents) const {
    auto softmax = cast<LogSoftmaxOp>(op);
    Value weighted = c.mul(c.exp(softmax.getResult()), tangents[0]);
    return SmallVector<Value>{c.sub(
        tangents[0], c.reduce(ReduceKind::sum, weighted, softmax.getAxis()))};
  }
};
} // namespace

void tenon::attachNormalizationDerivatives(MLIRContext *context) {
  SoftmaxOp::attachInterface<SoftmaxDerivative>(*context);
  LogSoftmaxOp::attachInterface<LogSoftmaxDerivative>(*context);
}
