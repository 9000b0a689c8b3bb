//===- RecurrentOps.td - recurrent layers ---------------------------------===//
//
// Whole layers of recurrent cells, which decompose to contractions and a scan.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_RECURRENT_OPS_TD
#define TENON_RECURRENT_OPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

/// As ONNX has them: x [steps, batch, inputs], weights [directions, gates * hidden, inputs], recurrence [directions, gates * hidden, hidden],
/// bias [directions, 2 * gates * hidden], initial states [directions, batch, hidden], sequence_lengths [batch]. `activations` holds one name for
/// each of a direction's functions, direction after direction; `alphas` and `betas` one number for each name.
class Tenon_RecurrentOp<string mnemonic> : Tenon_InferredOp<mnemonic, [Tenon_Decomposable, AttrSizedOperandSegments]> {
  let description = [{
    Decomposes into one contraction for all steps' inputs and a `tenon.scan` over the steps for each direction.
  }];
}

defvar recurrentOperands = (ins
  AnyRankedTensor:$x, AnyRankedTensor:$weights, AnyRankedTensor:$recurrence, Optional<AnyRankedTensor>:$bias,
  Optional<RankedTensorOf<[I32]>>:$sequence_lengths, Optional<AnyRankedTensor>:$initial_h);
defvar recurrentAttributes = (ins
  DefaultValuedAttr<Tenon_DirectionAttr, "Direction::forward">:$direction, StrArrayAttr:$activations, DenseF32ArrayAttr:$alphas,
  DenseF32ArrayAttr:$betas, OptionalAttr<F32Attr>:$clip);

def Tenon_RNNOp : Tenon_RecurrentOp<"rnn"> {
  let summary = "a recurrent layer: h = f(W x + R h + b)";
  let arguments = !con(recurrentOperands, recurrentAttributes);
  let results = (outs AnyRankedTensor:$y, AnyRankedTensor:$y_h);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def Tenon_GRUOp : Tenon_RecurrentOp<"gru"> {
  let summary = "a layer of gated recurrent units; gates in the order update, reset, hidden";
  let arguments = !con(recurrentOperands, recurrentAttributes, (ins UnitAttr:$linear_before_reset));
  let results = (outs AnyRankedTensor:$y, AnyRankedTensor:$y_h);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

def Tenon_LSTMOp : Tenon_RecurrentOp<"lstm"> {
  let summary = "a layer of long short-term memory; gates in the order input, output, forget, cell";
  let arguments = !con(recurrentOperands, (ins Optional<AnyRankedTensor>:$initial_c, Optional<AnyRankedTensor>:$peepholes),
                       recurrentAttributes, (ins UnitAttr:$input_forget));
  let results = (outs AnyRankedTensor:$y, AnyRankedTensor:$y_h, AnyRankedTensor:$y_c);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
}

#endif // TENON_RECURRENT_OPS_TD
