//===- Elementwise.td - one scalar function over corresponding elements ---===//
include "OnnxTable.td"

def : Onnx<"Add", [7, 13, 14], Op<"add">>;
def : Onnx<"Exp", [1, 6, 13], Op<"exp">>;
def : Onnx<"Max", [8, 12, 13], Fold<"maximum">>;
