//===- AllOps.td - the whole table, by category ---------------------------===//
include "OnnxTable.td"
include "Control.td"
include "Elementwise.td"
include "Index.td"
include "Movement.td"
include "Shape.td"
