//===- StateOps.td - what outlives a call ---------------------------------===//
#ifndef TENON_STATE_OPS_TD
#define TENON_STATE_OPS_TD

include "mlir/IR/SymbolInterfaces.td"
include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"

def Tenon_StateOp : Tenon_Op<"state", [Symbol]> {
  let summary = "a tensor that outlives a call";
  let description = [{
    Shared by all functions of the module. `value` is what it is at first. A `trained` state is what steps train, a
    `kept` one what calls keep all the same (a cache, running statistics, what an optimizer knows of the past), a
    `scratch` one what a call leaves for later ones and can do without: it is not saved.

    A state whose size changes says its type, in which each dimension that changes is a symbol, and up to which size
    each of these grows.

    ```mlir
    tenon.state @fc.weight trained = dense_resource<fc.weight> : tensor<10x84xf32>
    tenon.state @norm.running_mean kept = dense<0.0> : tensor<64xf32>
    tenon.state @past kept of tensor<1x12x?x64xf32, #tenon.dims<[p]>> capacity [1024] = dense<> : tensor<1x12x0x64xf32>
    ```
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, Tenon_StateKindAttr:$kind, OptionalAttr<TypeAttrOf<AnyRankedTensor>>:$declared,
                       OptionalAttr<DenseI64ArrayAttr>:$capacity, ElementsAttr:$value);
  let assemblyFormat = "$sym_name $kind (`of` $declared^ `capacity` $capacity)? `=` $value attr-dict";
  let hasVerifier = 1;
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name, "::tenon::StateKind":$kind, "::mlir::ElementsAttr":$value), [{
    build($_builder, $_state, name, kind, /*declared=*/::mlir::TypeAttr(), /*capacity=*/::mlir::DenseI64ArrayAttr(), value);
  }]>];
  let extraClassDeclaration = [{
    ::mlir::RankedTensorType getTensorType() {
      return getDeclared() ? ::mlir::cast<::mlir::RankedTensorType>(*getDeclared())
                           : ::mlir::cast<::mlir::RankedTensorType>(getValue().getType());
    }
    bool isTrained() { return getKind() == ::tenon::StateKind::trained; }
  }];
}

def Tenon_GetStateOp : Tenon_PureOp<"get_state", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "a state's value when the function was called";
  let description = "Where the state's type has a symbol, the result's has one too, which the function may call otherwise.";
  let arguments = (ins FlatSymbolRefAttr:$state);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$state attr-dict `:` type($result)";
}

def Tenon_SetStateOp : Tenon_Op<"set_state", [DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "gives a state another value, from the next call on";
  let description = "At most once for each state in a function. Where the state's type has a symbol, the value may have any size up to the capacity.";
  let arguments = (ins FlatSymbolRefAttr:$state, AnyRankedTensor:$operand);
  let assemblyFormat = "$state `,` $operand attr-dict `:` type($operand)";
}

#endif // TENON_STATE_OPS_TD
