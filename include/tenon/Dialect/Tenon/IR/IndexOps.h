//===- IndexOps.h - ops whose positions are data ----------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_INDEXOPS_H
#define TENON_DIALECT_TENON_IR_INDEXOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/IndexOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_INDEXOPS_H
