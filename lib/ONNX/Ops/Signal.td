//===- Signal.td - operators on signals and their spectra -----------------===//
include "OnnxTable.td"

def : Onnx<"DFT",  [17, 20], Import<"importDft">>;
def : Onnx<"STFT", [17], Import<"importStft">>;
