//===- QuantizeOps.h - between numbers and their quantised form -*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_QUANTIZEOPS_H
#define TENON_DIALECT_TENON_IR_QUANTIZEOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/QuantizeOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_QUANTIZEOPS_H
