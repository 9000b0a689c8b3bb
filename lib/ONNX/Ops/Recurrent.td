//===- Recurrent.td - recurrent layers ------------------------------------===//
include "OnnxTable.td"

def : Onnx<"RNN",  [1, 7, 14, 22], Import<"importRnn">>;
def : Onnx<"GRU",  [1, 3, 7, 14, 22], Import<"importGru">>;
def : Onnx<"LSTM", [1, 7, 14, 22], Import<"importLstm">>;

def : Export<"rnn", "exportRnn">;
def : Export<"gru", "exportGru">;
def : Export<"lstm", "exportLstm">;
