//===- StoreStates.cpp - how states lie in memory -------------------------===//

#include "Append.h"
#include "mlir/IR/SymbolTable.h"
#include "tenon/Dialect/Tenon/IR/KernelAttributes.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Kernels/Places.h"

namespace tenon {
#define GEN_PASS_DEF_STORESTATESPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

using Exprs = SmallVector<AffineExpr>;

static Exprs getDimsOf(Value value) {
  return getDims(cast<RankedTensorType>(value.getType()));
}

/// The strides of a state that has room up to its capacity; nullopt if that is
/// more than memory can be.
static std::optional<Exprs> getRoomyStrides(StateOp state) {
  RankedTensorType type = state.getTensorType();
  ArrayRef<int64_t> capacity = *state.getCapacity();
  Exprs sizes = getDims(type);
  int64_t bytes = getElementBytes(type.getElementType());
  for (auto [dim, size] : llvm::enumerate(sizes)) {
    int64_t number = type.getDimSize(dim);
    if (type.isDynamicDim(dim)) {
      number = capacity.front();
      capacity = capacity.drop_front();
    }
    size = getAffineConstantExpr(number, type.getContext());
    if (llvm::MulOverflow(bytes, number, bytes))
      return std::nullopt;
  }
  return getDenseStrides(sizes, type.getContext());
}

//===----------------------------------------------------------------------===//
// Readers and writers of what does not lie densely
//===----------------------------------------------------------------------===//

/// Hands a dense copy of `value`, whose elements lie `strides` apart, to what
/// can't read it so: reshapes that need its elements close together, and what
/// reads memory without a kernel.
static void copyForOthers(Value value, ArrayRef<AffineExpr> strides) {
  for (OpOperand &use : llvm::make_early_inc_range(value.getUses())) {
    Operation *user = use.getOwner();
    if (isa<GroupOp, func::ReturnOp>(user))
      continue;
    if (auto reshape = dyn_cast<ReshapeOp>(user))
      if (auto viewed =
              reshapeStrides(getDimsOf(value), strides, getDimsOf(reshape))) {
        copyForOthers(reshape, *viewed);
        continue;
      }
    OpBuilder builder(user);
    use.set(createCopy(builder, user->getLoc(), value));
  }
}

/// The same for the next value that `use` returns, and makes sure that it can
/// be computed where it will lie.
static void makeWritable(OpOperand &use, ArrayRef<AffineExpr> strides) {
  Value value = use.get();
  Exprs apart = normalizeStrides(getDimsOf(value), strides);
  while (auto reshape = value.getDefiningOp<ReshapeOp>()) {
    auto viewed = reshapeStrides(getDimsOf(value), apart,
                                 getDimsOf(reshape.getOperand()));
    if (!viewed) {
      OpBuilder builder(use.getOwner());
      use.set(createCopy(builder, use.getOwner()->getLoc(), use.get()));
      return;
    }
    value = reshape.getOperand();
    apart = *viewed;
  }
  copyForOthers(value, apart);
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// Calls `visit` with each result of a function of `module` that is the next
/// value of `state`.
static void
forEachWrite(ModuleOp module, StateOp state,
             llvm::function_ref<void(func::FuncOp, unsigned)> visit) {
  for (auto function : module.getOps<func::FuncOp>())
    for (unsigned i = 0; i < function.getNumResults(); ++i)
      if (function.getResultAttr(i, stateAttrName) == state.getSymNameAttr())
        visit(function, i);
}

static void giveRoom(ModuleOp module, StateOp state,
                     ArrayRef<AffineExpr> strides) {
  auto attribute = DimsAttr::get(module.getContext(), strides);
  state->setAttr(atCapacityAttrName, UnitAttr::get(module.getContext()));
  for (auto function : module.getOps<func::FuncOp>())
    for (BlockArgument argument : function.getArguments()) {
      unsigned index = argument.getArgNumber();
      if (function.getArgAttr(index, stateAttrName) != state.getSymNameAttr())
        continue;
      function.setArgAttr(index, kStridesAttr, attribute);
      copyForOthers(argument, normalizeStrides(getDimsOf(argument), strides));
    }
  forEachWrite(module, state, [&](func::FuncOp function, unsigned index) {
    function.setResultAttr(index, kStridesAttr, attribute);
    makeWritable(function.front().getTerminator()->getOpOperand(index),
                 strides);
  });
}

namespace {
struct StoreStates : tenon::impl::StoreStatesPassBase<StoreStates> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    for (auto state : module.getOps<StateOp>()) {
      if (state.getTensorType().hasStaticShape())
        continue;
      std::optional<Exprs> strides = getRoomyStrides(state);
      bool isAppended = false;
      forEachWrite(module, state, [&](func::FuncOp function, unsigned index) {
        bool isInPlace = strides && bool(findAppend(function, index, *strides));
        isAppended |= isInPlace;
        if (!isInPlace)
          function.emitRemark()
              << "state '" << state.getSymName()
              << "' is written anew by each call: its next value is not the "
                 "present one with more behind it";
      });
      if (!isAppended)
        continue;
      giveRoom(module, state, *strides);
      ++numRoomy;
    }
  }
};
} // namespace
