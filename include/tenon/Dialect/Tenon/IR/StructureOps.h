//===- StructureOps.h - groups, kernels and launches ------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_STRUCTUREOPS_H
#define TENON_DIALECT_TENON_IR_STRUCTUREOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

namespace tenon {
/// Of ops that undo a packing: they stand before the contraction that reads
/// their operand, where they are address arithmetic or part of its algorithm.
/// Nothing evaluates them, and no kernel begins with them.
template <typename Op>
class Unpacks : public mlir::OpTrait::TraitBase<Op, Unpacks> {};
} // namespace tenon

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/StructureOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_STRUCTUREOPS_H
