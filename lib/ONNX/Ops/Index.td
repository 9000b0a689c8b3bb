//===- Index.td - ops whose positions are data, and tensors of positions --===//
include "OnnxTable.td"

def : Onnx<"Gather",          [1, 11, 13], Op<"gather", [Axis<"axis", 0>]>>;
def : Onnx<"GatherElements",  [11, 13], Op<"gather_elements", [Axis<"axis", 0>]>>;
def : Onnx<"GatherND",        [11, 12, 13], Op<"gather_nd", [Int<"batch_dims", 0>]>>;
def : Onnx<"Scatter",         [9], Import<"importScatterElements">>;
def : Onnx<"ScatterElements", [11, 13, 16, 18], Import<"importScatterElements">>;
def : Onnx<"ScatterND",       [11, 13, 16, 18], Import<"importScatterND">>;
def : Onnx<"TensorScatter",   [24], Import<"importTensorScatter">>;
def : Onnx<"TopK",            [1, 10, 11, 24], Import<"importTopK">>;
def : Onnx<"NonZero",         [9, 13], Import<"importNonZero">>;
def : Onnx<"Compress",        [9, 11], Import<"importCompress">>;
def : Onnx<"Unique",          [11], Import<"importUnique">>;
def : Onnx<"NonMaxSuppression", [10, 11], Import<"importNonMaxSuppression">>;
def : Onnx<"OneHot",          [9, 11], Import<"importOneHot">>;
def : Onnx<"Range",           [11, 27], Import<"importRange">>;
def : Onnx<"Trilu",           [14], Import<"importTrilu">>;
def : Onnx<"EyeLike",         [9, 22], Import<"importEyeLike">>;

def : Export<"iota", "exportIota">;
def : Export<"true_positions", "exportTruePositions">;
def : Export<"non_max_suppression", "exportNonMaxSuppression">;
def : Export<"top_k", "exportTopK">;
def : Export<"scatter_elements", "exportScatterElements">;
def : Export<"scatter_nd", "exportScatterND">;
