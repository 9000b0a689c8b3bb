//===- TileDependence.cpp - do parts of a kernel need each other? ---------===//

#include "tenon/Codegen/Kernel/TileDependence.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"

using namespace mlir;

namespace tenon {
namespace {

/// A buffer that a part touches, through the outermost slice of it that is
/// taken outside of the part (null: all of the buffer).
struct Access {
  Value buffer;
  memref::SubViewOp slice;
  bool isWrite;
};

Access getAccess(Value memref, Operation *part, bool isWrite) {
  Access access{memref, nullptr, isWrite};
  while (auto view = access.buffer.getDefiningOp<ViewLikeOpInterface>()) {
    bool isOutside = !part->isAncestor(view);
    // of nested slices, offsets of the innermost of the chain's start are those
    // of the buffer itself
    if (isOutside)
      access.slice = dyn_cast<memref::SubViewOp>(view.getOperation());
    access.buffer = view.getViewSource();
  }
  return access;
}

/// Fails on operations whose effects are unknown.
LogicalResult collectAccesses(Operation *part, SmallVector<Access> &accesses) {
  WalkResult result = part->walk([&](Operation *op) {
    auto interface = dyn_cast<MemoryEffectOpInterface>(op);
    if (!interface)
      return WalkResult(
          success(op->hasTrait<OpTrait::HasRecursiveMemoryEffects>() ||
                  op->hasTrait<OpTrait::IsTerminator>()));
    SmallVector<MemoryEffects::EffectInstance> effects;
    interface.getEffects(effects);
    for (const MemoryEffects::EffectInstance &effect : effects) {
      if (!isa<MemoryEffects::Read, MemoryEffects::Write>(effect.getEffect()))
        continue;
      if (!effect.getValue())
        return WalkResult::interrupt();
      accesses.push_back(
          getAccess(effect.getValue(), part,
                    isa<MemoryEffects::Write>(effect.getEffect())));
    }
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

/// True if the slices lie apart along one dimension, whatever the symbols.
bool areDisjoint(memref::SubViewOp a, memref::SubViewOp b,
                 func::FuncOp kernel) {
  if (!a || !b || !a.hasUnitStride() || !b.hasUnitStride() ||
      a.getSource() != b.getSource())
    return false;
  auto endsBefore = [&](memref::SubViewOp first, memref::SubViewOp second,
                        unsigned dim) {
    AffineExpr offset = getSymbolicExpr(first.getMixedOffsets()[dim], kernel);
    AffineExpr size = getSymbolicExpr(first.getMixedSizes()[dim], kernel);
    AffineExpr next = getSymbolicExpr(second.getMixedOffsets()[dim], kernel);
    if (!offset || !size || !next)
      return false;
    auto gap = dyn_cast<AffineConstantExpr>(
        simplifyAffineExpr(next - offset - size, 0, kernel.getNumArguments()));
    return gap && gap.getValue() >= 0;
  };
  for (unsigned dim = 0, rank = a.getSourceType().getRank(); dim < rank; ++dim)
    if (endsBefore(a, b, dim) || endsBefore(b, a, dim))
      return true;
  return false;
}

bool isPrivate(const Access &access, Operation *part) {
  Operation *definition = access.buffer.getDefiningOp();
  return definition && part->isAncestor(definition);
}

} // namespace

bool writesSharedMemory(Operation *op) {
  if (op->getNumRegions() == 0 && isMemoryEffectFree(op))
    return false;
  SmallVector<Access> accesses;
  if (failed(collectAccesses(op, accesses)))
    return true;
  return llvm::any_of(accesses, [](const Access &access) {
    return access.isWrite && !access.buffer.getDefiningOp<memref::AllocOp>() &&
           !access.buffer.getDefiningOp<memref::AllocaOp>();
  });
}

bool areIndependent(ArrayRef<Operation *> parts, func::FuncOp kernel) {
  SmallVector<SmallVector<Access>> accesses(parts.size());
  for (auto [part, partAccesses] : llvm::zip_equal(parts, accesses)) {
    if (failed(collectAccesses(part, partAccesses)))
      return false;
    llvm::erase_if(partAccesses, [part = part](const Access &access) {
      return isPrivate(access, part);
    });
    // each worker has its own copy of a temporary, so what one work item puts
    // there is lost to the others
    for (const Access &access : partAccesses)
      if (access.isWrite && !isa<BlockArgument>(access.buffer))
        return false;
  }
  for (size_t i = 0; i < parts.size(); ++i)
    for (size_t j = i + 1; j < parts.size(); ++j)
      for (const Access &a : accesses[i])
        for (const Access &b : accesses[j])
          if (a.buffer == b.buffer && (a.isWrite || b.isWrite) &&
              !areDisjoint(a.slice, b.slice, kernel))
            return false;
  return true;
}

} // namespace tenon
