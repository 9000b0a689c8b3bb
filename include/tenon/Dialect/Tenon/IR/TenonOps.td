//===- TenonOps.td - all operations, by category --------------------------===//
#ifndef TENON_OPS_TD
#define TENON_OPS_TD

include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"
include "tenon/Dialect/Tenon/IR/ContractOps.td"
