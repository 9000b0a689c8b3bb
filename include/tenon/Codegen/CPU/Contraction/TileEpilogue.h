//===- TileEpilogue.h - what a tile does with its sums ----------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_TILEEPILOGUE_H
#define TENON_CODEGEN_CPU_CONTRACTION_TILEEPILOGUE_H

#include "tenon/Codegen/CPU/Contraction/TileAccess.h"

namespace tenon {

/// The elementwise stages after the reduction, and the stores.
class TileEpilogue {
public:
  TileEpilogue(const TileAccess &access, GetBuffer getBuffer);

  /// `sums` are a vector for each row and column.
  void emit(const TilePosition &position, llvm::ArrayRef<mlir::Value> sums,
            llvm::ArrayRef<TileColumn> columns);

private:
  /// Each operand's rows; none for what the kernel has computed.
  struct Addresses {
    llvm::SmallVector<llvm::SmallVector<RowAddresses>> stages;
    llvm::SmallVector<RowAddresses> stores;
  };
  void emitVector(const TilePosition &position, const Addresses &addresses,
                  int64_t row, const TileColumn &column, mlir::Value sum);

  TileAccess access;
  llvm::SmallVector<llvm::SmallVector<std::optional<BoundOperand>>> stages;
  llvm::SmallVector<BoundOperand> stores;
};

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_TILEEPILOGUE_H
