//===- RegisterTile.h - the inner kernel ------------------------*- C++ -*-===//
//
// rows x columns of the result, held in vector registers over the whole
// reduction and through the epilogue.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_REGISTERTILE_H
#define TENON_CODEGEN_CPU_CONTRACTION_REGISTERTILE_H

#include "tenon/Codegen/CPU/Contraction/TileEpilogue.h"
#include "tenon/Codegen/CPU/Contraction/TileReduction.h"

namespace tenon {

/// Emits tiles of one kernel.
class RegisterTile {
public:
  RegisterTile(const TileAccess &access, GetBuffer getBuffer);

  /// An input of the root lies elsewhere.
  void rebind(unsigned input, const BoundOperand &operand) {
    reduction.rebind(input, operand);
  }
  const BoundOperand &getInput(unsigned input) const {
    return reduction.getInput(input);
  }
  /// The extent of the outermost reduction loop.
  OpFoldResult getDepth() const { return reduction.getDepth(); }

  /// A whole tile, from the initial value to the epilogue.
  void emit(const TilePosition &position, const DepthRange &depth,
            llvm::ArrayRef<TileColumn> columns);

  /// A tile in parts, between which its sums lie in `sums` as [rows of the
  /// panel, columns of a tile]: their initial value, what a part of the
  /// reduction adds, and the epilogue.
  void emitStart(const TilePosition &position,
                 llvm::ArrayRef<TileColumn> columns, mlir::Value sums);
  void emitPart(const TilePosition &position, const DepthRange &depth,
                llvm::ArrayRef<TileColumn> columns, mlir::Value sums);
  void emitEnd(const TilePosition &position, llvm::ArrayRef<TileColumn> columns,
               mlir::Value sums);

private:
  llvm::SmallVector<mlir::Value> emitInit(const TilePosition &position,
                                          llvm::ArrayRef<TileColumn> columns);
  mlir::Value getSumIndex(const TilePosition &position, int64_t row,
                          const TileColumn &column);
  llvm::SmallVector<mlir::Value> loadSums(const TilePosition &position,
                                          llvm::ArrayRef<TileColumn> columns,
                                          mlir::Value sums);
  void storeSums(const TilePosition &position,
                 llvm::ArrayRef<TileColumn> columns,
                 llvm::ArrayRef<mlir::Value> values, mlir::Value sums);

  TileAccess access;
  std::optional<BoundOperand> initial;
  TileReduction reduction;
  TileEpilogue epilogue;
};

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_REGISTERTILE_H
