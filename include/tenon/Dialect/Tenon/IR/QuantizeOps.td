//===- QuantizeOps.td - between numbers and their quantised form ----------===//
//
// To quantised integers and back. Products of integers are contractions with a `result_element`.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_QUANTIZE_OPS_TD
#define TENON_QUANTIZE_OPS_TD

include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

def Tenon_QuantizeLinearOp : Tenon_InferredOp<"quantize_linear", [Tenon_Decomposable]> {
  let summary = "round(x / scale) + zero point, saturated to the integer type `to`";
  let description = [{
    Scale and zero point are one number, or one for each index along `axis`, or, with the input's rank, one for each
    block of equal elements along `axis`. Halves round to the even integer.
  }];
  let arguments = (ins Tenon_FloatTensor:$input, Tenon_FloatTensor:$scale, Optional<Tenon_IntegerTensor>:$zero_point, TypeAttr:$to, I64Attr:$axis);
  let results = (outs Tenon_IntegerTensor:$result);
  let assemblyFormat = "operands `to` $to `axis` $axis attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

def Tenon_DequantizeLinearOp : Tenon_InferredOp<"dequantize_linear", [Tenon_Decomposable]> {
  let summary = "(x - zero point) * scale, of the scale's element type";
  let description = "Scale and zero point as in `quantize_linear`.";
  let arguments = (ins Tenon_IntegerTensor:$input, Tenon_FloatTensor:$scale, Optional<Tenon_IntegerTensor>:$zero_point, I64Attr:$axis);
  let results = (outs Tenon_FloatTensor:$result);
  let assemblyFormat = "operands `axis` $axis attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}

#endif // TENON_QUANTIZE_OPS_TD
