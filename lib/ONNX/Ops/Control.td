//===- Control.td - branches and loops ------------------------------------===//
include "OnnxTable.td"

def : Onnx<"If",   [1, 11, 13, 16, 19, 21, 23, 24, 25], Import<"importIf">>;
def : Onnx<"Loop", [1, 11, 13, 16, 19, 21, 23, 24, 25], Import<"importLoop">>;
def : Onnx<"Scan", [8], Import<"importBatchedScan">>;
def : Onnx<"Scan", [9, 11, 16, 19, 21, 23, 24, 25], Import<"importScan">>;

def : Export<"if", "exportIf">;
def : Export<"loop", "exportLoop">;
def : Export<"scan", "exportScan">;
