//===- RecurrentOps.h - recurrent layers ------------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_RECURRENTOPS_H
#define TENON_DIALECT_TENON_IR_RECURRENTOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/RecurrentOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_RECURRENTOPS_H
