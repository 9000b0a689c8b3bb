//===- WindowOps.h - reductions over sliding windows ------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_WINDOWOPS_H
#define TENON_DIALECT_TENON_IR_WINDOWOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/WindowOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_WINDOWOPS_H
