//===- Contract.td - products and convolutions ----------------------------===//
include "OnnxTable.td"

def : Onnx<"MatMul", [1, 9, 13], Import<"importMatMul">>;
def : Onnx<"Gemm",   [1, 6, 7, 9, 11, 13], Import<"importGemm">>;
def : Onnx<"Einsum", [12], Import<"importEinsum">>;
def : Onnx<"MatMulInteger", [10], Import<"importMatMulInteger">>;

def : Onnx<"Conv",          [1, 11, 22], Import<"importConv">>;
def : Onnx<"ConvTranspose", [1, 11, 22], Import<"importConvTranspose">>;
def : Onnx<"ConvInteger",   [10], Import<"importConvInteger">>;
def : Onnx<"QLinearConv",   [10], Import<"importQLinearConv">>;
def : Onnx<"QLinearMatMul", [10, 21], Import<"importQLinearMatMul">>;

def : Onnx<"QuantizeLinear",   [10, 13, 19, 21, 23, 24, 25], Import<"importQuantizeLinear">>;
def : Onnx<"DequantizeLinear", [10, 13, 19, 21, 23, 24, 25], Import<"importDequantizeLinear">>;

def : Export<"contract", "exportContract">;
def : Export<"conv", "exportConv">;
def : Export<"conv_transpose", "exportConvTranspose">;
