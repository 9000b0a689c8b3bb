//===- TenonInterfaces.td - what passes ask of an op ----------------------===//
#ifndef TENON_INTERFACES_TD
#define TENON_INTERFACES_TD

include "mlir/IR/OpBase.td"

def Tenon_SymbolicValueOpInterface : OpInterface<"SymbolicValueOpInterface"> {
  let cppNamespace = "::tenon";
  let description = [{
    Ops on small integer tensors (shape arithmetic) whose elements can be expressions over dimension symbols.
  }];
  let methods = [InterfaceMethod<
    "The elements of the result in row-major order, given those of the operands (each null where unknown); nullopt when not expressible.",
    "std::optional<::llvm::SmallVector<::mlir::AffineExpr>>", "getSymbolicElements",
    (ins "::llvm::ArrayRef<std::optional<::llvm::SmallVector<::mlir::AffineExpr>>>":$operands)>];
}

def Tenon_SymbolicValue : DeclareOpInterfaceMethods<Tenon_SymbolicValueOpInterface>;

def Tenon_MovementOpInterface : OpInterface<"MovementOpInterface"> {
  let cppNamespace = "::tenon";
  let description = [{
    Ops whose result holds elements of their operands, unchanged. Constants and symbolic values fold through them
    (ElementMovement.h).
  }];
  let methods = [InterfaceMethod<[{
      For each element of the result, in row-major order, its position among the elements of all operands (one operand after the other);
      nullopt where sizes are not static.
    }], "std::optional<::llvm::SmallVector<int64_t>>", "getSourcePositions">];
}
def Tenon_Movement : DeclareOpInterfaceMethods<Tenon_MovementOpInterface>;

def Tenon_DimGuardOpInterface : OpInterface<"DimGuardOpInterface"> {
  let cppNamespace = "::tenon";
  let description = [{
    Ops that are right only for some values of the dimension symbols: what they need beyond what their types say.
    Elementwise ops need no such method: their operands have to broadcast.
  }];
  let methods = [InterfaceMethod<"Adds what the symbols' values must satisfy (DimGuards.h).", "void", "addDimGuards",
    (ins "::tenon::DimGuards &":$guards)>];
}
def Tenon_DimGuarded : DeclareOpInterfaceMethods<Tenon_DimGuardOpInterface>;

def Tenon_IndexingOpInterface : OpInterface<"IndexingOpInterface"> {
  let cppNamespace = "::tenon";
  let description = [{
    Ops that look elements up at positions that are data: the operand `indices`, all of it or its last dimension as
    coordinates. An index counts from the end where it is negative. `guard-indices` makes a run with any other end; with
    the attribute `in_bounds` that is known not to happen.
  }];
  let methods = [
    InterfaceMethod<"The indices.", "::mlir::Value", "getIndices", (ins), "return $_op.getIndices();">,
    InterfaceMethod<"The sizes that indices lie below: one, or one for each coordinate.", "::llvm::SmallVector<::mlir::AffineExpr>", "getIndexedSizes">,
    InterfaceMethod<"Whether it is known that no index is out of range.", "bool", "getInBounds", (ins), "return $_op.getInBounds();">,
    InterfaceMethod<"States that no index is out of range.", "void", "setInBounds", (ins "bool":$value), "$_op.setInBounds(value);">];
}
def Tenon_Indexing : DeclareOpInterfaceMethods<Tenon_IndexingOpInterface>;

def Tenon_CostOpInterface : OpInterface<"CostOpInterface"> {
  let cppNamespace = "::tenon";
  let description = [{
    Ops that compute. Those that only move data have no cost but their bytes, which their types say; composites cost
    what their parts do (Cost.h adds all of that up).
  }];
  let methods = [InterfaceMethod<[{
      Arithmetic operations of one execution, over the dimension symbols; null where it depends on data. A multiplication and an addition are
      two, any function of a scalar is one.
    }], "::mlir::AffineExpr", "getFlops">];
}
def Tenon_Cost : DeclareOpInterfaceMethods<Tenon_CostOpInterface>;

def Tenon_ElementwiseOpInterface : OpInterface<"ElementwiseOpInterface"> {
  let cppNamespace = "::tenon";
  let description = [{
    Ops that apply one scalar function to corresponding elements of their operands, which broadcast as NumPy's do.
  }];
  let methods = [InterfaceMethod<
    "Emits the scalar function. `args` are signless scalars; the tensor types of the op's operands say their signedness.",
    "::mlir::Value", "emitScalar",
    (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$loc, "::mlir::ValueRange":$args)>];
}

def Tenon_DecomposableOpInterface : OpInterface<"DecomposableOpInterface"> {
  let cppNamespace = "::tenon";
  let description = [{
    Composite ops: what they mean, in simpler ops of this dialect. An op without a lowering, derivative or export rule
    of its own goes through it.
  }];
  let methods = [InterfaceMethod<
    "Builds the op's results from simpler ops at the builder's insertion point; the op itself stays.",
    "::mlir::FailureOr<::llvm::SmallVector<::mlir::Value>>", "decompose", (ins "::mlir::OpBuilder &":$builder)>];
}

def Tenon_Decomposable : DeclareOpInterfaceMethods<Tenon_DecomposableOpInterface>;

def Tenon_DifferentiableOpInterface : OpInterface<"DifferentiableOpInterface"> {
  let cppNamespace = "::tenon";
  let description = [{
    Ops with a derivative of their own, written with ops of this dialect, so that derivatives have derivatives. Attached
    as external models by lib/Autodiff. Operands are followed by the values that the op's regions use from outside
    (getUsedValuesDefinedAbove); null stands for zero, and for what has no derivative: values that are not floats.
  }];
  let methods = [
    InterfaceMethod<"Reverse mode (VJP): the cotangent of each operand, given one for each result.",
      "::mlir::FailureOr<::llvm::SmallVector<::mlir::Value>>", "pullBack",
      (ins "::tenon::Composer &":$composer, "::mlir::ValueRange":$cotangents)>,
    InterfaceMethod<"Forward mode (JVP): the tangent of each result, given one for each operand.",
      "::mlir::FailureOr<::llvm::SmallVector<::mlir::Value>>", "pushForward",
      (ins "::tenon::Composer &":$composer, "::mlir::ValueRange":$tangents)>];
}

def Tenon_LinalgLoweringOpInterface : OpInterface<"LinalgLoweringOpInterface"> {
  let cppNamespace = "::tenon";
  let description = [{
    Ops with a lowering to linalg, tensor, arith and math: inside a kernel, on tensors without encodings and of signless
    element types. Attached as external models by lib/Conversion.
  }];
  let methods = [InterfaceMethod<
    "Emits the op's computation and returns a value for each result. `operands` are lowered, followed by the values that the "
    "op's regions use from outside (getUsedValuesDefinedAbove); `dims` yields the sizes.",
    "::mlir::FailureOr<::llvm::SmallVector<::mlir::Value>>", "lowerToLinalg",
    (ins "::mlir::OpBuilder &":$builder, "::mlir::ValueRange":$operands, "const ::tenon::KernelDims &":$dims)>];
}

#endif // TENON_INTERFACES_TD
