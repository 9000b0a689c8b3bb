//===- TenonOps.td - all operations, by category --------------------------===//
#ifndef TENON_OPS_TD
#define TENON_OPS_TD

include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"
include "tenon/Dialect/Tenon/IR/ControlOps.td"
include "tenon/Dialect/Tenon/IR/ElementwiseOps.td"
include "tenon/Dialect/Tenon/IR/IndexOps.td"
include "tenon/Dialect/Tenon/IR/MovementOps.td"
include "tenon/Dialect/Tenon/IR/ShapeOps.td"
include "tenon/Dialect/Tenon/IR/StructureOps.td"

#endif // TENON_OPS_TD
