//===- TileAccess.h - a tile's elements in memory ---------------*- C++ -*-===//

#ifndef TENON_CODEGEN_CPU_CONTRACTION_TILEACCESS_H
#define TENON_CODEGEN_CPU_CONTRACTION_TILEACCESS_H

#include "tenon/Codegen/CPU/Contraction/IndexMath.h"
#include "tenon/Codegen/CPU/Contraction/TilePosition.h"
#include "tenon/Codegen/Kernel/Contraction/ContractionKernel.h"

namespace tenon {

/// An element's index in a buffer. Constants stay apart to become the
/// displacement of an instruction; and so does what moves with the innermost
/// loop, for each row to have a pointer and all of them one index.
struct Address {
  OpFoldResult base;
  int64_t displacement = 0;
  mlir::Value index = {};
};

/// Of an operand, for each row of a tile.
using RowAddresses = llvm::SmallVector<Address>;

/// An operand while a work item runs.
struct BoundOperand {
  LoopOperand layout;
  mlir::Value buffer;
  /// A copy in scratch memory, where indices count from the item's start.
  bool isLocal = false;
};

/// The buffer of an argument.
using GetBuffer = llvm::function_ref<mlir::Value(unsigned argument)>;

BoundOperand bind(const LoopOperand &operand, GetBuffer getBuffer);
std::optional<BoundOperand> bind(const std::optional<LoopOperand> &operand,
                                 GetBuffer getBuffer);

/// Reads and writes the tiles of one kernel.
struct TileAccess {
  mlir::ImplicitLocOpBuilder &builder;
  IndexMath &math;
  const ContractionKernel &kernel;
  /// Columns of a panel, of packed operands and of the result.
  int64_t panelWidth;

  RowAddresses getRowAddresses(const BoundOperand &operand,
                               const TilePosition &position) const;

  /// A scalar if the operand is the same for all columns, else a vector of
  /// `width`.
  mlir::Value load(const BoundOperand &operand, Address address,
                   const TileColumn &column, int64_t width) const;
  void store(mlir::Value vector, const BoundOperand &operand, Address address,
             const TileColumn &column) const;

  /// The index of a loop at a row and the columns of a vector.
  mlir::Value getIndex(unsigned loop, const TilePosition &position, int64_t row,
                       const TileColumn &column) const;

private:
  Address getTileAddress(const BoundOperand &operand,
                         const TilePosition &position) const;
};

} // namespace tenon

#endif // TENON_CODEGEN_CPU_CONTRACTION_TILEACCESS_H
