//===- ReduceOps.h - ops along dimensions -----------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_REDUCEOPS_H
#define TENON_DIALECT_TENON_IR_REDUCEOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/ReduceOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_REDUCEOPS_H
