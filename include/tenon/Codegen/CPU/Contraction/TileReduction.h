//===- TileReduction.h - the sums of a tile ---------------------*- C++ -*-===//
//
// C[r][c] += A[r][k] * B[k][c] for a contraction, with scalars of A broadcast
// and vectors of B shared by the rows. What an operand varies with decides how
// it is loaded, so a depthwise convolution (A is a vector for each row) and
// pooling (no B) are the same code.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_TILEREDUCTION_H
#define TENON_CODEGEN_CPU_CONTRACTION_TILEREDUCTION_H

#include "tenon/Codegen/CPU/Contraction/FetchAhead.h"

namespace tenon {

class TileReduction {
public:
  TileReduction(const TileAccess &access, GetBuffer getBuffer);

  /// An input of the root lies elsewhere.
  void rebind(unsigned input, const BoundOperand &operand);
  const BoundOperand &getInput(unsigned input) const { return *inputs[input]; }

  /// The extent of the outermost reduction loop.
  OpFoldResult getDepth() const;

  /// `sums`, a vector for each row and column, and what `depth` adds to them.
  llvm::SmallVector<mlir::Value> emit(const TilePosition &position,
                                      const DepthRange &depth,
                                      llvm::ArrayRef<mlir::Value> sums,
                                      llvm::ArrayRef<TileColumn> columns);

private:
  /// What a step of the reduction reads: each input, in each row.
  struct Reads {
    llvm::SmallVector<RowAddresses> inputs;
    std::optional<Prefetch> ahead;
  };

  void mergeLoops();
  Reads advance(const Reads &reads, unsigned level, OpFoldResult iteration);
  llvm::SmallVector<mlir::Value> emitLoop(unsigned level, const Reads &reads,
                                          llvm::SmallVector<mlir::Value> sums,
                                          const DepthRange &depth,
                                          llvm::ArrayRef<TileColumn> columns);
  llvm::SmallVector<mlir::Value> emitStep(const Reads &reads,
                                          llvm::ArrayRef<mlir::Value> sums,
                                          llvm::ArrayRef<TileColumn> columns);

  TileAccess access;
  mlir::ImplicitLocOpBuilder &builder;
  IndexMath &math;
  const ContractionKernel &kernel;
  llvm::SmallVector<std::optional<BoundOperand>> inputs;
  /// Neighbours merged where the inputs allow.
  llvm::SmallVector<ReductionLoop> loops;
};

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_TILEREDUCTION_H
