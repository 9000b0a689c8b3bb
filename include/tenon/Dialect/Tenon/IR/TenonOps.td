//===- TenonOps.td - all operations, by category --------------------------===//
#ifndef TENON_OPS_TD
#define TENON_OPS_TD

include "tenon/Dialect/Tenon/IR/TenonAttributes.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"
include "tenon/Dialect/Tenon/IR/CollectiveOps.td"
include "tenon/Dialect/Tenon/IR/ContractOps.td"
include "tenon/Dialect/Tenon/IR/ControlOps.td"
include "tenon/Dialect/Tenon/IR/ElementwiseOps.td"
include "tenon/Dialect/Tenon/IR/IndexOps.td"
include "tenon/Dialect/Tenon/IR/MovementOps.td"
include "tenon/Dialect/Tenon/IR/NormalizationOps.td"
include "tenon/Dialect/Tenon/IR/QuantizeOps.td"
include "tenon/Dialect/Tenon/IR/RecurrentOps.td"
include "tenon/Dialect/Tenon/IR/ReduceOps.td"
include "tenon/Dialect/Tenon/IR/ResizeOps.td"
include "tenon/Dialect/Tenon/IR/ShapeOps.td"
include "tenon/Dialect/Tenon/IR/StateOps.td"
include "tenon/Dialect/Tenon/IR/StructureOps.td"
include "tenon/Dialect/Tenon/IR/TrainingOps.td"
include "tenon/Dialect/Tenon/IR/WindowOps.td"

#endif // TENON_OPS_TD
