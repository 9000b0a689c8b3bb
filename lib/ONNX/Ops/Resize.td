//===- Resize.td - resampling ---------------------------------------------===//
include "OnnxTable.td"

def : Onnx<"Upsample", [7, 9], Import<"importUpsample">>;
def : Onnx<"GridSample", [16, 20, 22], Import<"importGridSample">>;
def : Onnx<"Resize",   [10, 11, 13, 18, 19], Import<"importResize">>;

def : Export<"resize", "exportResize">;
