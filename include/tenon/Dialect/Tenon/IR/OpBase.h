//===- OpBase.h - what the classes of all ops need --------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_OPBASE_H
#define TENON_DIALECT_TENON_IR_OPBASE_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/InferredTypes.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"

#endif // TENON_DIALECT_TENON_IR_OPBASE_H
