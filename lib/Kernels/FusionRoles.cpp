//===- FusionRoles.cpp - the table of fusion roles ------------------------===//

#include "tenon/Kernels/FusionRoles.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"

#include "tenon/Kernels/FusionOpInterface.cpp.inc"

using namespace mlir;
using namespace tenon;

namespace {
template <FusionRole role> struct Model {
  template <typename Op>
  struct For : FusionOpInterface::ExternalModel<For<Op>, Op> {
    FusionRole getFusionRole(Operation *) const { return role; }
  };
};
} // namespace

/// Reductions along the last dimensions keep a row in cache; others have
/// kernels of their own.
static FusionRole getReductionRole(int64_t firstReduced, int64_t numReduced,
                                   RankedTensorType type) {
  return firstReduced + numReduced == type.getRank() ? FusionRole::RowReduction
                                                     : FusionRole::Alone;
}

namespace {
template <typename Op>
struct AlongAxisModel
    : FusionOpInterface::ExternalModel<AlongAxisModel<Op>, Op> {
  FusionRole getFusionRole(Operation *op) const {
    return getReductionRole(cast<Op>(op).getAxis(), 1,
                            cast<RankedTensorType>(op->getResult(0).getType()));
  }
};
} // namespace

template <FusionRole role, typename... Ops>
static void attach(MLIRContext *context) {
  (Ops::template attachInterface<typename Model<role>::template For<Ops>>(
       *context),
   ...);
}

FusionRole tenon::getFusionRole(Operation *op) {
  if (auto fusion = dyn_cast<FusionOpInterface>(op))
    return fusion.getFusionRole();
  if (isa<ElementwiseOpInterface>(op))
    return FusionRole::Elementwise;
  return isa_and_nonnull<TenonDialect>(op->getDialect()) &&
                 op->getNumRegions() == 0 && op->getNumResults() > 0
             ? FusionRole::Alone
             : FusionRole::Host;
}

void tenon::registerFusionRoles(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, TenonDialect *) {
    attach<FusionRole::View, ConstantOp, ReshapeOp>(context);
    attach<FusionRole::Host, GroupOp, LaunchOp, YieldOp>(context);
    // one kernel each: what their bodies do is small beside a launch
    attach<FusionRole::Alone, IfOp, ScanOp>(context);
    attach<FusionRole::Unpack, UnpackPanelsOp, WinogradRestoreOp>(context);
    attach<FusionRole::Contraction, ContractOp, ConvOp>(context);
    attach<FusionRole::Movement, TransposeOp, BroadcastOp, SliceOp>(context);
    attach<FusionRole::Elementwise, TriluOp>(context);
    SoftmaxOp::attachInterface<AlongAxisModel<SoftmaxOp>>(*context);
    LogSoftmaxOp::attachInterface<AlongAxisModel<LogSoftmaxOp>>(*context);
  });
}
