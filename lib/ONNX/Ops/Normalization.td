//===- Normalization.td - softmax and norms -------------------------------===//
include "OnnxTable.td"

def : Onnx<"Softmax",    [13], Op<"softmax", [Axis<"axis", -1>]>>;
def : Onnx<"LogSoftmax", [13], Op<"log_softmax", [Axis<"axis", -1>]>>;
def : Onnx<"Hardmax",    [13], Op<"hardmax", [Axis<"axis", -1>]>>;
def : Onnx<"Softmax",    [1, 11], Import<"importFlattened">>;  // before 13 the input was flattened to 2-D at `axis`
def : Onnx<"LogSoftmax", [1, 11], Import<"importFlattened">>;
def : Onnx<"Hardmax",    [1, 11], Import<"importFlattened">>;

def : Onnx<"BatchNormalization",    [1, 6, 7, 9, 14, 15], Import<"importBatchNorm">>;
def : Onnx<"InstanceNormalization", [1, 6, 22], Import<"importInstanceNorm">>;
def : Onnx<"GroupNormalization",    [21], Import<"importGroupNorm">>;
def : Onnx<"LayerNormalization",    [1, 17], Import<"importLayerNorm">>;
def : Onnx<"RMSNormalization",      [23], Import<"importRmsNorm">>;
def : Onnx<"LRN", [1, 13], Import<"importLrn">>;
def : Onnx<"LpNormalization", [1, 22], Import<"importLpNormalization">>;

// ONNX Runtime's names, and that of exporters before opset 23 had the operator (as LayerNormalization of "version 1" is for opsets before 17).
def : Onnx<"SimplifiedLayerNormalization", [1], Import<"importRmsNorm">>;
def : Onnx<"SimplifiedLayerNormalization", [1], Import<"importRmsNorm">, "com.microsoft">;

def : Export<"batch_norm", "exportBatchNorm">;
def : Export<"layer_norm", "exportLayerNorm">;
