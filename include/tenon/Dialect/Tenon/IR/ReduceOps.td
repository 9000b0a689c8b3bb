//===- ReduceOps.td - ops along dimensions --------------------------------===//
//
// One dimension or several become one element, or its position, or running results. Windows that slide are in
// WindowOps.td.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_REDUCE_OPS_TD
#define TENON_REDUCE_OPS_TD

include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

def Tenon_ReduceOp : Tenon_InferredOp<"reduce", [Tenon_Cost, Tenon_SymbolicValue]> {
  let summary = "all elements along some dimensions become one";
  let description = [{
    `axes` are counted from 0, ascending. Of no elements at all, the sum is 0, the product 1, the maximum the smallest
    number of the type.

    ```mlir
    %0 = tenon.reduce sum %x axes [1] {keep_dims} : tensor<4x8xf32> -> tensor<4x1xf32>
    ```
  }];
  let arguments = (ins Tenon_ReduceKindAttr:$kind, Tenon_NumberTensor:$operand, DenseI64ArrayAttr:$axes, UnitAttr:$keep_dims);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$kind $operand `axes` $axes attr-dict `:` type($operand) `->` type($result)";
  let hasFolder = 1;
}

class Tenon_ArgReduceOp<string mnemonic, string text> : Tenon_InferredOp<mnemonic, [Tenon_Cost]> {
  let summary = text;
  let description = "Of equal elements the first counts, with `select_last` the last.";
  let arguments = (ins Tenon_NumberTensor:$operand, I64Attr:$axis, UnitAttr:$keep_dims, UnitAttr:$select_last);
  let results = (outs RankedTensorOf<[I64]>:$result);
  let assemblyFormat = "$operand `axis` $axis attr-dict `:` type($operand) `->` type($result)";
  let extraClassDefinition = [{
    ::llvm::LogicalResult $cppClass::inferReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location> loc, Adaptor adaptor,
                                                      ::llvm::SmallVectorImpl<::mlir::Type> &types) {
      return ::tenon::inferArgReduce(loc, adaptor.getOperand(), adaptor.getAxis(), adaptor.getKeepDims(), types);
    }
    ::mlir::AffineExpr $cppClass::getFlops() { return ::tenon::getNumElements(getOperand()); }
  }];
}

def Tenon_ArgMaxOp : Tenon_ArgReduceOp<"arg_max", "where along a dimension the largest element is">;
def Tenon_ArgMinOp : Tenon_ArgReduceOp<"arg_min", "where along a dimension the smallest element is">;

def Tenon_CumSumOp : Tenon_InferredOp<"cumsum", [Tenon_Cost]> {
  let summary = "running sums along a dimension";
  let description = "`exclusive` leaves each element itself out; `reverse` sums from the end.";
  let arguments = (ins Tenon_NumberTensor:$operand, I64Attr:$axis, UnitAttr:$exclusive, UnitAttr:$reverse);
  let results = (outs Tenon_NumberTensor:$result);
  let assemblyFormat = "$operand `axis` $axis attr-dict `:` type($operand) `->` type($result)";
}

#endif // TENON_REDUCE_OPS_TD
