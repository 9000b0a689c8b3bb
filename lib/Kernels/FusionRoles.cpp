//===- FusionRoles.cpp - the table of fusion roles ------------------------===//

#include "tenon/Kernels/FusionRoles.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/Rounds.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/AssumedSizes.h"
#include "tenon/Target/MachineModel.h"

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

namespace {
/// A row along the last dimension stays in cache.
template <typename Op>
struct AlongAxisModel
    : FusionOpInterface::ExternalModel<AlongAxisModel<Op>, Op> {
  FusionRole getFusionRole(Operation *op) const {
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    return static_cast<int64_t>(cast<Op>(op).getAxis()) + 1 == type.getRank()
               ? FusionRole::RowReduction
               : FusionRole::Alone;
  }
};

/// A kernel with few results runs on few threads: a large reduction to a few is
/// left alone, so that what it reads is computed by all of them.
struct ReduceModel : FusionOpInterface::ExternalModel<ReduceModel, ReduceOp> {
  FusionRole getFusionRole(Operation *op) const {
    auto reduce = cast<ReduceOp>(op);
    auto type = cast<RankedTensorType>(reduce.getOperand().getType());
    SmallVector<int64_t> kept;
    bool isAnyReduced = false, isRow = true;
    for (auto [dim, size] : llvm::enumerate(type.getShape())) {
      bool isReduced =
          llvm::is_contained(reduce.getAxes(), static_cast<int64_t>(dim));
      isAnyReduced |= isReduced;
      isRow &= isReduced || !isAnyReduced || size == 1;
      if (!isReduced)
        kept.push_back(size);
    }
    int64_t elements = getAssumedProduct(type.getShape()),
            results = getAssumedProduct(kept);
    // neighbouring results are one piece of work where no row is
    constexpr int64_t kSmall = 4 * MachineModel::kAccessesPerTile;
    int64_t piece = isRow ? 1 : MachineModel::kCacheLineElements;
    if (elements > kSmall && results < MachineModel::kMinPieces * piece)
      return FusionRole::Alone;
    return isRow ? FusionRole::RowReduction : FusionRole::Reduction;
  }
};
} // namespace

/// Whether launches compute `op`'s body faster than one kernel, in which one
/// thread runs what the contractions' kernels share and tile.
static bool isWorthLaunches(Operation *op) {
  // a few times what other threads are brought in for
  constexpr int64_t kManyFlops = 4 * MachineModel::kMinSharedNanoseconds *
                                 MachineModel::kFlopsPerNanosecond;
  WalkResult walked = op->walk([&](Operation *inner) {
    if (inner->getNumRegions() > 0 ||
        getFusionRole(inner) != FusionRole::Contraction)
      return WalkResult::advance();
    AffineExpr flops = getFlops(inner);
    std::optional<int64_t> number =
        flops ? getConstantDim(flops) : std::nullopt;
    return number && *number < kManyFlops ? WalkResult::advance()
                                          : WalkResult::interrupt();
  });
  return walked.wasInterrupted();
}

namespace {
/// One kernel where what the body does is small beside a launch.
struct IfModel : FusionOpInterface::ExternalModel<IfModel, IfOp> {
  FusionRole getFusionRole(Operation *op) const {
    return findsSizes(op) || isWorthLaunches(op) ? FusionRole::Host
                                                 : FusionRole::Alone;
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
  if (op->hasTrait<Unpacks>())
    return FusionRole::Unpack;
  return isa_and_nonnull<TenonDialect>(op->getDialect()) &&
                 op->getNumRegions() == 0 && op->getNumResults() > 0
             ? FusionRole::Alone
             : FusionRole::Host;
}

SmallVector<Block *> tenon::getLaunchedBlocks(Operation *root) {
  SmallVector<Block *> blocks;
  root->walk<WalkOrder::PreOrder>([&](Operation *op) {
    // the regions of what becomes one kernel go there with it
    if (isa<GroupOp>(op) || getFusionRole(op) == FusionRole::Alone)
      return WalkResult::skip();
    for (Region &region : op->getRegions())
      for (Block &block : region)
        blocks.push_back(&block);
    return WalkResult::advance();
  });
  return blocks;
}

void tenon::registerFusionRoles(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *context, TenonDialect *) {
    attach<FusionRole::View, ConstantOp, ReshapeOp>(context);
    attach<FusionRole::Host, GroupOp, LaunchOp, YieldOp>(context);
    attach<FusionRole::Host, LoopOp>(context);
    attach<FusionRole::Host, AllReduceOp, AllGatherOp, CollectiveBroadcastOp,
           RankOp, ReceiveOp, AwaitOp>(context);
    attach<FusionRole::Alone, ScanOp>(context);
    IfOp::attachInterface<IfModel>(*context);
    attach<FusionRole::Contraction, ContractOp, ConvOp>(context);
    attach<FusionRole::Movement, TransposeOp, BroadcastOp, SliceOp>(context);
    attach<FusionRole::Elementwise, TriluOp>(context);
    ReduceOp::attachInterface<ReduceModel>(*context);
    SoftmaxOp::attachInterface<AlongAxisModel<SoftmaxOp>>(*context);
    LogSoftmaxOp::attachInterface<AlongAxisModel<LogSoftmaxOp>>(*context);
  });
}
