//===- ProgramEmitter.h - from planned ops to LLVM --------------*- C++ -*-===//
#ifndef TENON_LIB_CODEGEN_PROGRAM_PROGRAMEMITTER_H
#define TENON_LIB_CODEGEN_PROGRAM_PROGRAMEMITTER_H

#include "DimEmitter.h"
#include "mlir/IR/SymbolTable.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "llvm/ADT/DenseSet.h"

namespace tenon {

/// Emits `NAME__run` for an entry function. Roots of regions and dimensions are
/// read or computed in its first block, the launches follow in the order of the
/// graph.
class ProgramEmitter {
public:
  ProgramEmitter(mlir::ModuleOp module, mlir::func::FuncOp program,
                 llvm::StringRef name);

  mlir::LogicalResult run();

private:
  mlir::LogicalResult emitBlock(mlir::Block &block);
  mlir::LogicalResult emitOp(mlir::Operation &op);
  mlir::LogicalResult emitLaunch(LaunchOp launch);
  mlir::LogicalResult emitIndexGuard(IndexGuardOp guard);
  mlir::LogicalResult emitBinding(BindDimOp bind);
  mlir::LogicalResult emitGuard(DimGuardOp guard);
  mlir::LogicalResult emitTransfer(mlir::Operation &op);
  mlir::LogicalResult emitIf(IfOp op);
  mlir::LogicalResult emitBranch(mlir::Region &branch, mlir::Block *begin,
                                 mlir::Block *join);
  mlir::LogicalResult emitLoop(LoopOp op);
  mlir::LogicalResult emitRound(LoopOp op, mlir::Block *header);

  /// Provides the memory that a result of a launch is part of, where that is
  /// not planned.
  void reserve(mlir::Value value);
  /// A new block behind the present one; code goes on where it was.
  mlir::Block *addBlock();
  /// Calls a function of the runtime, and leaves unless it returns 0.
  void call(llvm::StringRef callee, mlir::ValueRange arguments);
  /// A number of the program's data: a condition, a count.
  mlir::Value readScalar(mlir::Value tensor);
  mlir::Value getInt(int64_t value);
  mlir::Value getByteSize(mlir::Type type);

  /// The address of the memory that holds `value`.
  mlir::Value getAddress(mlir::Value value);
  /// The same where `plan-memory` has said it.
  mlir::Value getPlannedAddress(mlir::Value value);
  /// Of memory that the run provides or chooses.
  void setAddress(mlir::Value value, mlir::Value address);
  /// Where the root of a region begins; null if programs don't have it.
  mlir::Value getRoot(RegionAttr region);
  /// `base + offset` bytes.
  mlir::Value createOffset(mlir::OpBuilder &at, mlir::Value base,
                           mlir::Value offset);
  /// Element `index` of an array of pointers or integers.
  mlir::Value createElement(mlir::OpBuilder &at, mlir::Type type,
                            mlir::Value array, int32_t index);
  /// An array on the stack, in the first block.
  mlir::Value createArray(mlir::Type type, int64_t size);
  /// The function of the runtime that returns a status; declared once.
  mlir::LLVM::LLVMFuncOp declare(llvm::StringRef name,
                                 mlir::TypeRange arguments);
  /// A constant of the program.
  mlir::Value createText(llvm::StringRef text);
  /// Stores `values` to an array.
  void storeAll(mlir::Value array, mlir::ValueRange values);
  /// Leaves the function unless `status` is 0.
  void checkStatus(mlir::Value status);

  mlir::ModuleOp module;
  mlir::func::FuncOp program;
  std::string name;
  mlir::SymbolTable kernels;

  mlir::LLVM::LLVMFuncOp function;
  mlir::LLVM::LLVMFuncOp launchFunction;
  mlir::LLVM::GlobalOp records;
  mlir::Type pointerType;
  /// In the first block, whose values all others may use.
  mlir::OpBuilder prologue;
  /// Where launches are appended.
  mlir::ImplicitLocOpBuilder builder;
  mlir::Block *exit = nullptr;
  std::optional<DimEmitter> dims;
  mlir::Value inputs, outputs, weights, arena, bufferArray, dimArray, result;
  /// 0 or 1 in turn, in the rounds of the innermost loop.
  mlir::Value turn;
  /// Of inputs and of what the run provides or chooses.
  llvm::DenseMap<mlir::Value, mlir::Value> addresses;
  /// Elements of the frame's arrays.
  llvm::DenseMap<std::pair<mlir::Value, int64_t>, mlir::Value> roots;
  /// The values among them whose memory the run provides or chooses.
  llvm::DenseSet<mlir::Value> isFound;
  /// The numbers of transfers in the context.
  llvm::DenseMap<mlir::Operation *, int64_t> transfers;
  int32_t numLaunches = 0, numTexts = 0;
  /// Whether there was a value without an address.
  bool isBroken = false;
};

} // namespace tenon

#endif // TENON_LIB_CODEGEN_PROGRAM_PROGRAMEMITTER_H
