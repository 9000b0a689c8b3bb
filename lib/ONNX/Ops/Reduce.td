//===- Reduce.td - ops along dimensions, and under windows ----------------===//
include "OnnxTable.td"

def : Onnx<"ReduceSum",       [1, 11, 13], Import<"importReduce">>;
def : Onnx<"ReduceMean",      [1, 11, 13, 18], Import<"importReduce">>;
def : Onnx<"ReduceProd",      [1, 11, 13, 18], Import<"importReduce">>;
def : Onnx<"ReduceMax",       [1, 11, 12, 13, 18, 20], Import<"importReduce">>;
def : Onnx<"ReduceMin",       [1, 11, 12, 13, 18, 20], Import<"importReduce">>;
def : Onnx<"ReduceL1",        [1, 11, 13, 18], Import<"importReduce">>;
def : Onnx<"ReduceL2",        [1, 11, 13, 18], Import<"importReduce">>;
def : Onnx<"ReduceSumSquare", [1, 11, 13, 18], Import<"importReduce">>;
def : Onnx<"ReduceLogSum",    [1, 11, 13, 18], Import<"importReduce">>;
def : Onnx<"ReduceLogSumExp", [1, 11, 13, 18], Import<"importReduceLogSumExp">>;
def : Onnx<"ArgMax",          [1, 11, 12, 13], Import<"importArgMax">>;
def : Onnx<"ArgMin",          [1, 11, 12, 13], Import<"importArgMin">>;
def : Onnx<"CumSum",          [11, 14], Import<"importCumSum">>;
def : Onnx<"CumProd",         [26], Import<"importCumProd">>;

def : Onnx<"MaxPool",     [1, 8, 10, 11, 12, 22], Import<"importMaxPool">>;
def : Onnx<"AveragePool", [1, 7, 10, 11, 19, 22], Import<"importAveragePool">>;
def : Onnx<"LpPool",            [2, 11, 18, 22], Import<"importLpPool">>;
def : Onnx<"GlobalLpPool",      [2, 22], Import<"importGlobalLpPool">>;
def : Onnx<"GlobalMaxPool",     [1, 22], Import<"importGlobalPool">>;
def : Onnx<"GlobalAveragePool", [1, 22], Import<"importGlobalPool">>;

def : Export<"reduce", "exportReduce">;
def : Export<"arg_max", "exportArgMax">;
def : Export<"arg_min", "exportArgMin">;
def : Export<"cumsum", "exportCumSum">;
def : Export<"pool", "exportPool">;
def : Export<"max_pool_with_indices", "exportMaxPoolWithIndices">;
