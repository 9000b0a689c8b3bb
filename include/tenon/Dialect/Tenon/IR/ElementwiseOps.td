//===- ElementwiseOps.td - one scalar function over corresponding elements ===//
#ifndef TENON_ELEMENTWISE_OPS_TD
#define TENON_ELEMENTWISE_OPS_TD

include "mlir/Interfaces/SideEffectInterfaces.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

/// Operands broadcast as NumPy's do; `emitScalar` is attached by lib/Conversion/Elementwise.cpp.
class Tenon_ElementwiseOp<string mnemonic, list<Trait> traits = []>
    : Tenon_InferredOp<mnemonic, !listconcat([], traits)>;

class Tenon_UnaryOp<string mnemonic, string text, list<Trait> traits = []>
    : Tenon_ElementwiseOp<mnemonic, traits> {
  let summary = text;
  let arguments = (ins AnyRankedTensor:$operand);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}

class Tenon_BinaryOp<string mnemonic, string text, list<Trait> traits = []>
    : Tenon_ElementwiseOp<mnemonic, traits> {
  let summary = text;
  let arguments = (ins AnyRankedTensor:$lhs, AnyRankedTensor:$rhs);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$lhs `,` $rhs attr-dict `:` `(` type($lhs) `,` type($rhs) `)` `->` type($result)";
}

def Tenon_ExpOp : Tenon_UnaryOp<"exp", "e to the power of x">;
def Tenon_MaximumOp : Tenon_BinaryOp<"maximum", "the larger value; NaN if either is NaN">;
def Tenon_AddOp : Tenon_BinaryOp<"add", "sum">;

#endif // TENON_ELEMENTWISE_OPS_TD
