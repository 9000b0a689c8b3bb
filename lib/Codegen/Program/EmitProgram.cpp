//===- EmitProgram.cpp - the program that launches kernels ----------------===//

#include "ProgramEmitter.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Program/Passes.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"
#include "tenon/Kernels/DimBounds.h"
#include "tenon/Kernels/Placement.h"

namespace tenon {
#define GEN_PASS_DEF_EMITPROGRAMPASS
#include "tenon/Codegen/Program/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

/// The scratch memory that launches ask for, each expression once.
static SmallVector<AffineExpr> collectScratchSizes(ModuleOp module,
                                                   func::FuncOp program) {
  SymbolTable kernels(module);
  llvm::SetVector<AffineExpr> sizes;
  program.walk([&](LaunchOp launch) {
    if (auto scratch = kernels.lookup(launch.getKernel())
                           ->getAttrOfType<AffineMapAttr>(kScratchAttr))
      sizes.insert(simplifyDim(scratch.getValue().getResult(0).replaceSymbols(
          launch.getDims().getExprs())));
  });
  return sizes.takeVector();
}

/// The number of growable blocks that the functions of `module` share.
static size_t countLateBlocks(ModuleOp module) {
  size_t count = 0;
  for (auto program : module.getOps<func::FuncOp>())
    if (auto blocks = program->getAttrOfType<DimsAttr>(lateBytesAttrName))
      count = std::max(count, blocks.getExprs().size());
  return count;
}

/// The most bytes of what a run finds out the size of, 0 where that is not
/// known: the growable blocks, the outputs and scratch memory.
static SmallVector<AffineExpr>
getLateBounds(ModuleOp module, func::FuncOp program, const DimEmitter &dims,
              ArrayRef<AffineExpr> scratchSizes) {
  AffineExpr none = getAffineConstantExpr(0, module.getContext());
  DimBounds bounds(program);
  SmallVector<AffineExpr> most;
  if (auto blocks = program->getAttrOfType<DimsAttr>(lateBytesAttrName))
    llvm::append_range(most, blocks.getExprs());
  most.resize(countLateBlocks(module), none);
  auto getBound = [&](AffineExpr bytes) {
    AffineExpr bound = bytes && !dims.isEarly(bytes)
                           ? bounds.getUpperBound(bytes)
                           : AffineExpr();
    return bound ? bound : none;
  };
  for (Type type : program.getResultTypes())
    most.push_back(getBound(getByteSize(cast<RankedTensorType>(type))));
  AffineExpr scratch = none;
  for (AffineExpr size : scratchSizes)
    scratch = getMaxDim(scratch, getBound(size));
  most.push_back(scratch);
  return most;
}

/// void NAME__sizes(const int64_t *dims, int64_t *out)
static void emitSizes(ModuleOp module, func::FuncOp program, StringRef name) {
  auto builder =
      ImplicitLocOpBuilder::atBlockEnd(program.getLoc(), module.getBody());
  Type pointer = LLVM::LLVMPointerType::get(module.getContext()),
       i64 = builder.getI64Type();
  auto function = LLVM::LLVMFuncOp::create(
      builder, (name + "__sizes").str(),
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(module.getContext()),
                                  {pointer, pointer}));
  // it runs once for each set of shapes; and the instruction scheduler takes
  // time that grows with the square of a block's length
  function.setOptimizeNone(true);
  function.setNoInline(true);
  Block *entry = function.addEntryBlock(builder);
  builder.setInsertionPointToEnd(entry);
  builder.setInsertionPoint(LLVM::ReturnOp::create(builder, ValueRange()));
  DimEmitter dims(entry, builder, getProgramSymbols(program),
                  function.getArgument(0));

  Value scratch = dims.emit(builder.getAffineConstantExpr(0));
  SmallVector<AffineExpr> scratchSizes = collectScratchSizes(module, program);
  for (AffineExpr size : scratchSizes) {
    if (!dims.isEarly(size))
      continue;
    Value value = dims.emit(size);
    Value isMore =
        LLVM::ICmpOp::create(builder, LLVM::ICmpPredicate::sgt, value, scratch);
    scratch = LLVM::SelectOp::create(builder, isMore, value, scratch);
  }
  // what a run finds out is not known yet
  AffineExpr unknown = builder.getAffineConstantExpr(-1),
             none = builder.getAffineConstantExpr(0);
  SmallVector<Value> sizes{
      dims.emit(
          program->getAttrOfType<DimsAttr>(arenaBytesAttrName).getExprs()[0]),
      scratch};
  for (Type type : llvm::concat<const Type>(program.getResultTypes(),
                                            program.getArgumentTypes()))
    for (AffineExpr dim : getDims(cast<RankedTensorType>(type)))
      sizes.push_back(dims.emit(dims.isEarly(dim) ? dim : unknown));
  // a guard holds where its number is at least 0
  for (auto guard : program.getOps<DimGuardOp>()) {
    if (!isCheckedAtStart(guard))
      continue;
    ArrayRef<AffineExpr> exprs = guard.getDims().getExprs();
    Value larger = dims.emit(exprs[0]), smaller = dims.emit(exprs[1]),
          room = LLVM::SubOp::create(builder, larger, smaller);
    if (guard.getPredicate() == ComparisonPredicate::eq)
      room = LLVM::SMinOp::create(
          builder, room, LLVM::SubOp::create(builder, smaller, larger));
    sizes.push_back(room);
  }
  program.walk([&](LaunchOp launch) {
    for (unsigned i = 0; i < 2; ++i) {
      AffineExpr cost =
          launch.getCost() ? launch.getCostAttr().getExprs()[i] : none;
      sizes.push_back(dims.emit(dims.isEarly(cost) ? cost : none));
    }
  });
  for (AffineExpr bytes : getLateBounds(module, program, dims, scratchSizes))
    sizes.push_back(dims.emit(bytes));
  for (auto [index, size] : llvm::enumerate(sizes)) {
    Value address = LLVM::GEPOp::create(
        builder, pointer, i64, function.getArgument(1),
        ArrayRef<LLVM::GEPArg>{static_cast<int32_t>(index)});
    LLVM::StoreOp::create(builder, size, address);
  }
}

namespace {
struct EmitProgram : tenon::impl::EmitProgramPassBase<EmitProgram> {
  using EmitProgramPassBase::EmitProgramPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto programs = llvm::to_vector(module.getOps<func::FuncOp>());
    if (programs.empty()) {
      module.emitError("expected an entry function");
      return signalPassFailure();
    }
    for (func::FuncOp program : programs)
      if (failed(emit(module, program)))
        return signalPassFailure();
    for (Operation &op : llvm::make_early_inc_range(*module.getBody()))
      if (isa<ModuleOp, func::FuncOp, StateOp>(op))
        op.erase();
  }

  LogicalResult emit(ModuleOp module, func::FuncOp program) {
    if (!program->hasAttr(arenaBytesAttrName))
      return program.emitError("expected a function with a memory plan");
    std::string symbol = getCodeSymbol(program, name);
    if (failed(ProgramEmitter(module, program, symbol).run()))
      return failure();
    emitSizes(module, program, symbol);
    return success();
  }
};
} // namespace
