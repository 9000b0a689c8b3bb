//===- TenonOps.h - the operations of all categories ------------*- C++ -*-===//
//
// For what needs them all. Anything else includes the categories that it uses:
// an edit of one category's records then rebuilds only what asks for its ops.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_DIALECT_TENON_IR_TENONOPS_H
#define TENON_DIALECT_TENON_IR_TENONOPS_H

#include "tenon/Dialect/Tenon/IR/CollectiveOps.h"
#include "tenon/Dialect/Tenon/IR/ContractOps.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "tenon/Dialect/Tenon/IR/QuantizeOps.h"
#include "tenon/Dialect/Tenon/IR/RecurrentOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ResizeOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"
#include "tenon/Dialect/Tenon/IR/WindowOps.h"

#endif // TENON_DIALECT_TENON_IR_TENONOPS_H
