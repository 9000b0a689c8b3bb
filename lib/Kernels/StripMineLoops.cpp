//===- StripMineLoops.cpp - blocks of rounds ------------------------------===//

#include "RoundCost.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/Rounds.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Target/MachineModel.h"

namespace tenon {
#define GEN_PASS_DEF_STRIPMINELOOPSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// Whether round `number` takes place, where `condition`, if any, holds.
static Value takesPlace(Composer &c, LoopOp loop, Value number,
                        Value condition) {
  Value holds = condition ? c.reshape(condition, {}) : Value();
  if (!loop.getTripCount())
    return holds ? holds : c.constant(c.getI1Type(), 1);
  Value isBelow = c.compare(ComparisonPredicate::lt, number,
                            c.reshape(loop.getTripCount(), {}));
  return holds ? AndOp::create(c, holds, isBelow).getResult() : isBelow;
}

/// Puts the body of `loop` into `block`, a loop in one over blocks of rounds,
/// which is the `outer` one's round: the number is counted on from the blocks
/// before, and whether the next round takes place is carried too.
static void takeRounds(LoopOp block, LoopOp loop, Value outer) {
  block.getBody().takeBody(loop.getBody());
  Block &body = block.getBody().front();
  auto yield = cast<YieldOp>(body.getTerminator());
  Composer end(loop.getLoc(), OpBuilder(yield));
  Composer c(loop.getLoc(), OpBuilder::atBlockBegin(&body));
  Value inner = body.getArgument(0);
  Value before = c.mul(
      outer, c.constant(c.getI64Type(), MachineModel::kMaxRoundsPerLaunch));
  Value number = c.add(before, inner);
  inner.replaceAllUsesExcept(number, number.getDefiningOp());
  Value next = end.add(number, end.constant(end.getI64Type(), 1));
  Value goesOn = takesPlace(end, loop, next, yield.getOperand(0));
  yield->setOperand(0, goesOn);
  yield->insertOperands(1, goesOn);
  body.insertArgument(1u, goesOn.getType(), loop.getLoc());
}

static void stripMine(LoopOp loop) {
  Composer c(loop.getLoc(), OpBuilder(loop));
  Value first =
      takesPlace(c, loop, c.constant(c.getI64Type(), 0), loop.getCondition());
  auto outer = LoopOp::create(c, loop.getResultTypes(), /*trip_count=*/Value(),
                              first, loop.getInits());
  Block &body = outer.getBody().emplaceBlock();
  Value number = body.addArgument(RankedTensorType::get({}, c.getI64Type()),
                                  loop.getLoc());
  Composer inside(loop.getLoc(), OpBuilder::atBlockEnd(&body));
  // (there is a first round of each block, or there would be no block)
  SmallVector<Value> inits{inside.constant(c.getI1Type(), 1)};
  for (Value init : loop.getInits())
    inits.push_back(body.addArgument(init.getType(), init.getLoc()));
  SmallVector<Type> types{inits.front().getType()};
  llvm::append_range(types, loop.getResultTypes());
  Value most =
      inside.constant(c.getI64Type(), MachineModel::kMaxRoundsPerLaunch);
  auto block =
      LoopOp::create(inside, types, most, /*condition=*/Value(), inits);
  takeRounds(block, loop, number);
  YieldOp::create(inside, block.getResults());
  loop.replaceAllUsesWith(outer);
  loop.erase();
}

namespace {
struct StripMineLoops : tenon::impl::StripMineLoopsPassBase<StripMineLoops> {
  void runOnOperation() override {
    SmallVector<LoopOp> loops;
    getOperation().walk([&](LoopOp loop) {
      if (!findsSizes(loop) && !hasFewRounds(loop) &&
          isCheaperThanLaunches(loop))
        loops.push_back(loop);
    });
    for (LoopOp loop : loops)
      stripMine(loop);
    numStripMined += loops.size();
  }
};
} // namespace
