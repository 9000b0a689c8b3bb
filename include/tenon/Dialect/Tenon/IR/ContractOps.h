//===- ContractOps.h - sums of products -------------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_CONTRACTOPS_H
#define TENON_DIALECT_TENON_IR_CONTRACTOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/ContractOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_CONTRACTOPS_H
