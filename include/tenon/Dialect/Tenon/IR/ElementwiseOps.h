//===- ElementwiseOps.h - one function of all elements ----------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_ELEMENTWISEOPS_H
#define TENON_DIALECT_TENON_IR_ELEMENTWISEOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_ELEMENTWISEOPS_H
