//===- StructureOps.td - groups, kernels and launches ---------------------===//
//
// What passes put around computations: groups, kernels, launches, guards, copies, packed forms. No model is
// written with them.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_STRUCTURE_OPS_TD
#define TENON_STRUCTURE_OPS_TD

include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

def Tenon_GroupOp : Tenon_PureOp<"group", [IsolatedFromAbove, SingleBlock]> {
  let summary = "ops that become one kernel";
  let description = [{
    The region's arguments are the operands; its `tenon.yield` gives the results. Formed by `form-groups`, turned into a
    kernel by `outline-kernels`.
  }];
  let arguments = (ins Variadic<AnyRankedTensor>:$inputs);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Tenon_YieldOp : Tenon_Op<"yield", [Pure, ReturnLike, Terminator]> {
  let summary = "ends a region with its results";
  let arguments = (ins Variadic<AnyType>:$operands);
  let assemblyFormat = "attr-dict ($operands^ `:` type($operands))?";
  let builders = [OpBuilder<(ins)>];
}

def Tenon_DimGuardOp : Tenon_Op<"dim_guard"> {
  let summary = "a condition on the dimension symbols, checked where a run begins";
  let description = [{
    `dims` are two expressions: with `ge` the first must be at least the second, with `eq` they must be equal. A run
    with other values ends with a status that names the guard's location. Made by `guard-dims`.

    ```mlir
    tenon.dim_guard ge <[s, 5]>
    ```
  }];
  let arguments = (ins Tenon_ComparisonPredicateAttr:$predicate, Tenon_DimsAttr:$dims);
  let assemblyFormat = "$predicate $dims attr-dict";
  let hasVerifier = 1;
}

def Tenon_IndexGuardOp : Tenon_Op<"index_guard"> {
  let summary = "ends a run where an index is out of range";
  let description = [{
    `position` is what `find_outside` says of `indices`; the status names the guard's location, the position and the
    index there. Where `indices` is a scalar, it is the index: inside of branches and loops others than the last would
    be gone. `sizes` are those of `find_outside`. Made by `guard-indices`.

    ```mlir
    tenon.index_guard %position of %indices below <[n]> {from_end} : tensor<?x1xi64, #tenon.dims<[s]>>
    ```
  }];
  let arguments = (ins 0DTensorOf<[I64]>:$position, RankedTensorOf<[I32, I64]>:$indices, Tenon_DimsAttr:$sizes, UnitAttr:$from_end);
  let assemblyFormat = "$position `of` $indices `below` $sizes attr-dict `:` type($position) `,` type($indices)";
  let hasCanonicalizer = 1;
  let hasVerifier = 1;
}

def Tenon_BindDimOp : Tenon_Op<"bind_dim"> {
  let summary = "gives a dimension symbol its value in the middle of a run";
  let description = [{
    `symbol` is element `position` of `operand`, in row-major order: a size that follows from data. Every op whose types
    or attributes name the symbol stands behind it, in the same region or inside (`verify-dims`). A negative element, or
    one beyond the upper bound, ends the run with a status that names the op's location.

    ```mlir
    tenon.bind_dim <[n]> = %count[0] at_most <[s]> : tensor<i64>
    %0 = tenon.true_positions %mask : tensor<?xi1, #tenon.dims<[s]>> -> tensor<?xi64, #tenon.dims<[n]>>
    ```
  }];
  let arguments = (ins StaticShapeTensorOf<[I32, I64]>:$operand, I64Attr:$position, Tenon_DimsAttr:$symbol, OptionalAttr<Tenon_DimsAttr>:$bound);
  let assemblyFormat = "$symbol `=` $operand `[` $position `]` (`at_most` $bound^)? attr-dict `:` type($operand)";
  let extraClassDeclaration = [{
    ::mlir::AffineSymbolExpr getDim() { return ::llvm::cast<::mlir::AffineSymbolExpr>(getSymbol().getExprs()[0]); }
  }];
  let hasVerifier = 1;
}

def Tenon_CopyOp : Tenon_InferredOp<"copy"> {
  let summary = "its operand in memory of its own";
  let description = "Inserted by `isolate-results` where a result of the program or of a region would share memory with something else.";
  let arguments = (ins AnyRankedTensor:$operand);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand)";
}

def Tenon_PackPanelsOp : Tenon_InferredOp<"pack_panels"> {
  let summary = "the last dimension in panels that a micro-kernel reads as vectors";
  let description = [{
    `tensor<d0 x .. x N>` to `tensor<ceil(N / width) x d0 x .. x width>`, the last panel filled with zeros. Of frozen
    weights it is evaluated by the compiler.
  }];
  let arguments = (ins AnyStaticShapeTensor:$operand, I64Attr:$width);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "$operand `width` $width attr-dict `:` type($operand) `->` type($result)";
}

def Tenon_Unpacks : NativeOpTrait<"Unpacks"> {
  let cppNamespace = "::tenon";
}

def Tenon_UnpackPanelsOp : Tenon_PureOp<"unpack_panels", [Tenon_Unpacks]> {
  let summary = "the inverse of `pack_panels`: stands before the contraction that reads the panels";
  let arguments = (ins AnyStaticShapeTensor:$operand);
  let results = (outs AnyStaticShapeTensor:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
  let hasVerifier = 1;
}

def Tenon_WinogradRestoreOp : Tenon_InferredOp<"winograd_restore", [Tenon_Unpacks]> {
  let summary = "the 3x3 windows whose transform for Winograd's convolution the operand is";
  let description = [{
    `tensor<6x6xCxO>`, the weights as Winograd.h has them, to `tensor<3x3xCxO>`. Stands before the convolution, which
    computes with the operand itself where it can.
  }];
  let arguments = (ins 4DTensorOf<[F32]>:$operand);
  let results = (outs 4DTensorOf<[F32]>:$result);
  let assemblyFormat = "$operand attr-dict `:` type($operand) `->` type($result)";
}

def Tenon_LaunchOp : Tenon_PureOp<"launch", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "runs a kernel";
  let description = [{
    `kernel` names the module that holds the kernel's code; `dims` are the values of its index arguments, as expressions
    over the program's symbols. The location names the nodes of the model that the kernel computes. `cost`, where no
    data decides it, is the number of its arithmetic operations and of the bytes that it reads and writes.
  }];
  let arguments = (ins FlatSymbolRefAttr:$kernel, Variadic<AnyRankedTensor>:$inputs, Tenon_DimsAttr:$dims, OptionalAttr<Tenon_DimsAttr>:$cost);
  let results = (outs Variadic<AnyRankedTensor>:$results);
  let assemblyFormat = [{
    $kernel `(` $inputs `)` `dims` `` $dims attr-dict `:` functional-type($inputs, $results)
  }];
}

#endif // TENON_STRUCTURE_OPS_TD
