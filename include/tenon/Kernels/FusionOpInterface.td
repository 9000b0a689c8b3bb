//===- FusionOpInterface.td - how an op takes part in a kernel ------------===//
#ifndef TENON_KERNELS_FUSIONOPINTERFACE_TD
#define TENON_KERNELS_FUSIONOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def Tenon_FusionOpInterface : OpInterface<"FusionOpInterface"> {
  let cppNamespace = "::tenon";
  let description = [{
    How an op may share a kernel with its neighbours (`form-groups`). Attached as external models by
    lib/Kernels/FusionRoles.cpp, the one table of roles. Ops without it get a kernel of their own.
  }];
  let methods = [InterfaceMethod<"", "::tenon::FusionRole", "getFusionRole">];
}

#endif // TENON_KERNELS_FUSIONOPINTERFACE_TD
