//===- ShapeOps.td - constants, shapes as values, and reshaping -----------===//
//
// Constants, sizes as values, and reshapes: ops that compute nothing.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_SHAPE_OPS_TD
#define TENON_SHAPE_OPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

def Tenon_ConstantOp : Tenon_InferredOp<"constant", [ConstantLike]> {
  let summary = "a tensor that is known when the model is compiled";
  let description = [{
    Small values are `dense`; weights are `dense_resource`, named like the model's initializer, whose bytes are not
    copied.
  }];
  let arguments = (ins ElementsAttr:$value);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "attr-dict $value";
  let hasFolder = 1;
}

def Tenon_SymbolicConstantOp : Tenon_PureOp<"symbolic_constant", [Tenon_SymbolicValue]> {
  let summary = "a small integer tensor that follows from the program's dimension symbols";
  let description = [{
    What shape arithmetic folds to: `elements` are the elements in row-major order, as expressions over dimension
    symbols.

    ```mlir
    %0 = tenon.symbolic_constant #tenon.dims<[b, 12 * s]> : tensor<2xi64>
    ```
  }];
  let arguments = (ins Tenon_DimsAttr:$elements);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "$elements attr-dict `:` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

def Tenon_ShapeOp : Tenon_InferredOp<"shape", [Tenon_SymbolicValue]> {
  let summary = "dimensions `start` to `end` (exclusive) of a tensor, as a tensor of i64";
  let arguments = (ins AnyRankedTensor:$operand, I64Attr:$start, I64Attr:$end);
  let results = (outs 1DTensorOf<[I64]>:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
  let hasCanonicalizer = 1;
}

def Tenon_ReshapeOp : Tenon_PureOp<"reshape", [Tenon_Movement, Tenon_DimGuarded]> {
  let summary = "the same elements in row-major order under another shape";
  let description = "The shape is that of the result's type, so it may depend on dimension symbols.";
  let arguments = (ins AnyRankedTensor:$operand);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
  let hasVerifier = 1;
  let hasFolder = 1;
}

#endif // TENON_SHAPE_OPS_TD
