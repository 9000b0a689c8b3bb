//===- MovementOps.h - elements put elsewhere -------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_MOVEMENTOPS_H
#define TENON_DIALECT_TENON_IR_MOVEMENTOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/MovementOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_MOVEMENTOPS_H
