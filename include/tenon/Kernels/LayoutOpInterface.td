//===- LayoutOpInterface.td - what an op makes of its operands' layouts ---===//
#ifndef TENON_KERNELS_LAYOUTOPINTERFACE_TD
#define TENON_KERNELS_LAYOUTOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def Tenon_LayoutOpInterface : OpInterface<"LayoutOpInterface"> {
  let cppNamespace = "::tenon";
  let description = [{
    Ops that can be computed on tensors whose dimensions lie in another order than the model's (Layout.h). A *port* is
    an operand or, counted behind the operands, a result. Attached as external models by lib/Kernels/LayoutRules.cpp.
    Elementwise ops need none; what has none takes and gives the model's layouts alone.
  }];
  let methods = [
    InterfaceMethod<[{
        The layouts of all ports where that of `port` is `layout`; failure where the op cannot be computed so. The model's for all ports is always
        possible, and the answer where `layout` is the model's.
      }], "::mlir::FailureOr<::llvm::SmallVector<::tenon::Layout>>", "propagateLayout", (ins "unsigned":$port, "::tenon::LayoutRef":$layout)>,
    InterfaceMethod<[{
        Rewrites the attributes for ports of these layouts, which were propagated. Operands and results still have the model's types; those in
        the other layouts come next.
      }], "void", "setLayouts", (ins "::llvm::ArrayRef<::tenon::Layout>":$layouts), "", "">,
    InterfaceMethod<"Whether each port has a layout of its own, rather than all follow from one.", "bool", "hasIndependentLayouts", (ins), "",
      "return false;">,
    InterfaceMethod<"In which layout the op is computed faster than otherwise, if in any.", "std::optional<::tenon::LayoutPreference>",
      "getLayoutPreference", (ins), "", "return std::nullopt;">];
}

#endif // TENON_KERNELS_LAYOUTOPINTERFACE_TD
