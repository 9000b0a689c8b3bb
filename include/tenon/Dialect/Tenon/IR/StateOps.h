//===- StateOps.h - what outlives a call ------------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_STATEOPS_H
#define TENON_DIALECT_TENON_IR_STATEOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/StateOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_STATEOPS_H
