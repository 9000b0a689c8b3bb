//===- TenonBase.td - the dialect, its attributes and the base of its ops -===//
#ifndef TENON_BASE_TD
#define TENON_BASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/OpBase.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Tenon_Dialect : Dialect {
  let name = "tenon";
  let cppNamespace = "::tenon";
  let summary = "neural networks as graphs of pure tensor operations";
  let description = [{
    Operations say what is computed, not how: they have no ONNX version, no memory layout that matters to their meaning,
    and no side effects. Tensors are builtin ranked tensors. A dynamic dimension carries an expression over the
    program's *dimension symbols* in the type's encoding:

    ```mlir
    tensor<?x?x768xf32, #tenon.dims<[b, s + 1]>>
    ```

    so that equal dimensions are known to be equal, and every size in a program can be computed from its inputs' shapes.
    Unsigned integers are `ui8` etc., booleans `i1`. Weights are `dense_resource` attributes, whose bytes stay where
    they were mapped.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let extraClassDeclaration = [{
    /// The names of this context's dimension symbols (see Dims.h).
    DimSymbolTable &getDimSymbolTable() { return *dimSymbolTable; }

  private:
    std::shared_ptr<DimSymbolTable> dimSymbolTable;

  public:
  }];
}

class Tenon_Attr<string name, string attrMnemonic, list<Trait> traits = []>
    : AttrDef<Tenon_Dialect, name, traits> {
  let mnemonic = attrMnemonic;
}

def Tenon_DimsAttr : Tenon_Attr<"Dims", "dims"> {
  let summary = "expressions over dimension symbols";
  let description = [{
    As a tensor's encoding: one expression for each dynamic dimension, in order. As an operation's attribute: a list of
    integers that may depend on the dimension symbols, e.g. the starts of a slice. `+`, `-`, `*`, `floordiv`, `ceildiv`
    and `mod` are understood.
  }];
  let parameters = (ins ArrayRefParameter<"::mlir::AffineExpr">:$exprs);
  let hasCustomAssemblyFormat = 1;
}

class Tenon_Op<string mnemonic, list<Trait> traits = []>
    : Op<Tenon_Dialect, mnemonic, traits>;

/// Verifies an op's result types by its rule (InferredTypes.h).
def Tenon_VerifyInferredTypes : NativeOpTrait<"VerifyInferredTypes"> {
  let cppNamespace = "::tenon";
}

/// Shape inference: the op's `inferReturnTypes(context, location, adaptor, types)` builds its result types, symbolic dimensions included, and
/// diagnoses bad operands. The text of a module need not repeat symbolic dimensions: compatible shapes will do.
/// MLIR's own verification of these types, `refineReturnTypes`, would follow a rule's error by one that says that the rule failed. It has nothing
/// to do here: the trait verifies.
def Tenon_InferShapes : TraitList<[
  InferTypeOpAdaptorBase<[{
    static bool isCompatibleReturnTypes(::mlir::TypeRange inferred, ::mlir::TypeRange given) {
      return ::tenon::areCompatibleTypes(inferred, given);
    }
    static ::llvm::LogicalResult refineReturnTypes(::mlir::MLIRContext *, std::optional<::mlir::Location>, ::mlir::ValueRange, ::mlir::DictionaryAttr,
                                                   ::mlir::OpaqueProperties, ::mlir::RegionRange, ::llvm::SmallVectorImpl<::mlir::Type> &) {
      return ::llvm::success();
    }
  }]>,
  Tenon_VerifyInferredTypes]>;

/// A pure op.
class Tenon_PureOp<string mnemonic, list<Trait> traits = []>
    : Tenon_Op<mnemonic, !listconcat([Pure], traits)>;

/// A pure op whose result types follow from its operands and attributes (`inferReturnTypes` in the source of its category).
class Tenon_InferredOp<string mnemonic, list<Trait> traits = []>
    : Tenon_PureOp<mnemonic, !listconcat([Tenon_InferShapes], traits)>;

def Tenon_FloatTensor : RankedTensorOf<[AnyFloat]>;
def Tenon_IntegerTensor : RankedTensorOf<[AnyInteger]>;
def Tenon_NumberTensor : RankedTensorOf<[AnyFloat, AnyInteger]>;
def Tenon_BoolTensor : RankedTensorOf<[I1]>;

#endif // TENON_BASE_TD
