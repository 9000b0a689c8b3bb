//===- ProgramEmitter.h - from planned ops to LLVM --------------*- C++ -*-===//
#ifndef TENON_LIB_CODEGEN_PROGRAM_PROGRAMEMITTER_H
#define TENON_LIB_CODEGEN_PROGRAM_PROGRAMEMITTER_H

#include "DimEmitter.h"
#include "mlir/IR/SymbolTable.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

namespace tenon {

/// Emits `NAME__run` for an entry function. Addresses and dimensions are
/// computed in its first block, the launches follow in the order of the graph.
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

  /// The address of the memory that holds `value`.
  mlir::FailureOr<mlir::Value> getAddress(mlir::Value value);
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
  /// In the first block, where all addresses are computed.
  mlir::OpBuilder prologue;
  /// Where launches are appended.
  mlir::ImplicitLocOpBuilder builder;
  mlir::Block *exit = nullptr;
  std::optional<DimEmitter> dims;
  mlir::Value inputs, outputs, weights, arena, bufferArray, dimArray;
  llvm::DenseMap<mlir::Value, mlir::Value> addresses;
  int32_t numLaunches = 0, numTexts = 0;
};

} // namespace tenon

#endif // TENON_LIB_CODEGEN_PROGRAM_PROGRAMEMITTER_H
