//===- AllOps.td - the whole table, by category ---------------------------===//
include "OnnxTable.td"
include "Elementwise.td"
include "Shape.td"
