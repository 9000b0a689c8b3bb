//===- Movement.td - ops that put elements elsewhere ----------------------===//
include "OnnxTable.td"

def : Onnx<"ReverseSequence", [10], Import<"importReverseSequence">>;

def : Onnx<"Transpose", [1, 13, 21, 23, 24, 25], Import<"importTranspose">>;
def : Onnx<"Concat",    [1, 4, 11, 13], Op<"concat", [Axis<"axis", 1>]>>;
def : Onnx<"Expand",    [8, 13], Import<"importExpand">>;
def : Onnx<"Tile",      [6, 13], Import<"importTile">>;
def : Onnx<"Slice",     [1], Import<"importSliceByAttributes">>;
def : Onnx<"Slice",     [10, 11, 13], Import<"importSlice">>;
def : Onnx<"Split",     [2, 11, 13, 18], Import<"importSplit">>;
def : Onnx<"Pad",       [1, 2], Import<"importPadByAttributes">>;
def : Onnx<"Pad",       [11, 13, 18, 19, 21, 23, 24, 25], Import<"importPad">>;
def : Onnx<"Crop",      [1], Import<"importCrop">>;  // experimental, of 2017

def : Onnx<"DepthToSpace", [1, 11, 13], Import<"importDepthToSpace">>;
def : Onnx<"SpaceToDepth", [1, 13], Import<"importSpaceToDepth">>;

def : Onnx<"Col2Im",       [18], Import<"importCol2Im">>;

def : Export<"broadcast", "exportBroadcast">;
def : Export<"transpose", "exportTranspose">;
def : Export<"slice", "exportSlice">;
def : Export<"pad", "exportPad">;
def : Export<"trilu", "exportTrilu">;
