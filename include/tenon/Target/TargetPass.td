//===- TargetPass.td - passes that ask the machine ------------------------===//
#ifndef TENON_TARGET_TARGETPASS_TD
#define TENON_TARGET_TARGETPASS_TD

include "mlir/Pass/PassBase.td"

/// A pass whose decisions depend on the machine (TargetInfo). The pipeline makes it for a target; made by name, it asks for a CPU, because a test
/// that takes the machine it happens to run on passes on some and fails on others.
class TargetPass<string argument, string operation> : Pass<argument, operation> {
  let options = [
    Option<"triple", "triple", "std::string", "", "the machine that compiled code runs on; empty: this one's">,
    Option<"cpu", "cpu", "std::string", "", "its CPU, as LLVM names it; has to be given (native: this machine's)">];
}

#endif // TENON_TARGET_TARGETPASS_TD
