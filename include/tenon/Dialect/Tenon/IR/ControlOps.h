//===- ControlOps.h - branches and loops ------------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_CONTROLOPS_H
#define TENON_DIALECT_TENON_IR_CONTROLOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/ControlOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_CONTROLOPS_H
