//===- StructureOps.h - groups, kernels and launches ------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_STRUCTUREOPS_H
#define TENON_DIALECT_TENON_IR_STRUCTUREOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/StructureOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_STRUCTUREOPS_H
