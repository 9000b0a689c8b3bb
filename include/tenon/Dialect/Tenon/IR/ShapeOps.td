//===- ShapeOps.td - constants, and ops that move elements without changing them ===//
#ifndef TENON_SHAPE_OPS_TD
#define TENON_SHAPE_OPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

def Tenon_ConstantOp : Tenon_InferredOp<"constant", [ConstantLike]> {
  let summary = "a tensor that is known when the model is compiled";
  let description = [{
    Small values are `dense`; weights are `dense_resource`, named like the model's initializer, whose bytes are not copied.
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

def Tenon_ReshapeOp : Tenon_PureOp<"reshape"> {
  let summary = "the same elements in row-major order under another shape";
  let description = "The shape is that of the result's type, so it may depend on dimension symbols.";
  let arguments = (ins AnyRankedTensor:$operand);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // TENON_SHAPE_OPS_TD
