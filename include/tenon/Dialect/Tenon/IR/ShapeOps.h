//===- ShapeOps.h - constants, shapes as values, and reshaping --*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_SHAPEOPS_H
#define TENON_DIALECT_TENON_IR_SHAPEOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/ShapeOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_SHAPEOPS_H
