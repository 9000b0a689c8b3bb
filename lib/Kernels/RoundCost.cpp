//===- RoundCost.cpp - what a loop's round takes --------------------------===//

#include "RoundCost.h"
#include "tenon/Dialect/Tenon/IR/Cost.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Kernels/FusionRoles.h"
#include "tenon/Target/MachineModel.h"

using namespace mlir;
using namespace tenon;

/// Arithmetic operations and elements of one execution of `op` in a kernel;
/// nothing where they are not known.
static std::optional<int64_t> getWork(Operation *op) {
  AffineExpr flops = getFlops(op);
  std::optional<int64_t> work = flops ? getConstantDim(flops) : std::nullopt;
  // of what is moved or looked up, as much is read as is written
  bool readsPart =
      isa<IndexingOpInterface>(op) || getFusionRole(op) == FusionRole::Movement;
  SmallVector<Type> types(op->getResultTypes());
  if (!readsPart)
    llvm::append_range(types, op->getOperandTypes());
  for (Type type : types) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!work || !tensor || !tensor.hasStaticShape())
      return std::nullopt;
    *work += tensor.getNumElements();
  }
  return work;
}

bool tenon::isCheaperThanLaunches(LoopOp loop) {
  if (loop.getNumStacked() > 0)
    return false;
  // elementwise ops share launches, and what decides about the next round is
  // read behind one
  int64_t work = 0, launches = 1;
  for (Operation &op : loop.getBody().front().without_terminator()) {
    FusionRole role = getFusionRole(&op);
    if (role == FusionRole::View)
      continue;
    std::optional<int64_t> own =
        role == FusionRole::Host ? std::nullopt : getWork(&op);
    if (!own)
      return false;
    work += *own;
    launches += role != FusionRole::Elementwise;
  }
  return work / MachineModel::kRoundOpsPerNanosecond <=
         launches * MachineModel::kLaunchNanoseconds;
}

bool tenon::hasFewRounds(LoopOp loop) {
  auto count = loop.getTripCount() ? getSymbolicElements(loop.getTripCount())
                                   : std::nullopt;
  std::optional<int64_t> number = count && count->size() == 1 && count->front()
                                      ? getConstantDim(count->front())
                                      : std::nullopt;
  return number && *number <= MachineModel::kMaxRoundsPerLaunch;
}
