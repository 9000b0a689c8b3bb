//===- Shape.td - constants, and ops that move elements -------------------===//
include "OnnxTable.td"

def : Onnx<"Constant", [1, 9, 11, 12, 13, 19, 21, 23, 24, 25], Import<"importConstant">>;
def : Onnx<"Identity", [1, 13, 14, 16, 19, 21, 23, 24, 25], Import<"importIdentity">>;
def : Onnx<"Reshape",  [5, 13, 14, 19, 21, 23, 24, 25], Import<"importReshape">>;
def : Onnx<"Reshape",  [1], Import<"importReshapeByAttribute">>;
def : Onnx<"Flatten",  [1, 9, 11, 13, 21, 23, 24, 25], Import<"importFlatten">>;

def : Onnx<"Squeeze",   [1, 11, 13, 21, 23, 24, 25], Import<"importSqueeze">>;
def : Onnx<"Unsqueeze", [1, 11, 13, 21, 23, 24, 25], Import<"importUnsqueeze">>;

def : Onnx<"Shape", [1, 13, 15, 19, 21, 23, 24, 25], Import<"importShape">>;
def : Onnx<"Size",  [1, 13, 19, 21, 23, 24, 25], Import<"importSize">>;
def : Onnx<"ConstantOfShape", [9, 20, 21, 23, 24, 25], Import<"importConstantOfShape">>;

def : Export<"constant", "exportConstant">;
def : Export<"symbolic_constant", "exportSymbolicConstant">;
def : Export<"reshape", "exportReshape">;
def : Export<"shape", "exportShape">;
def : Export<"bind_dim", "exportBindDim">;
