//===- NormalizationOps.h - composites that rescale -------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_NORMALIZATIONOPS_H
#define TENON_DIALECT_TENON_IR_NORMALIZATIONOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_NORMALIZATIONOPS_H
