//===- ResizeOps.h - resampling ---------------------------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_RESIZEOPS_H
#define TENON_DIALECT_TENON_IR_RESIZEOPS_H

#include "tenon/Dialect/Tenon/IR/OpBase.h"

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/ResizeOps.h.inc"

#endif // TENON_DIALECT_TENON_IR_RESIZEOPS_H
