//===- tenon-opt.cpp - runs passes, for tests -----------------------------===//

#include "mlir/InitAllDialects.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "mlir/Transforms/Passes.h"
#include "tenon/Codegen/CPU/Contraction/Passes.h"
#include "tenon/Codegen/CPU/Passes.h"
#include "tenon/Codegen/CPU/Pipeline.h"
#include "tenon/Codegen/Program/Passes.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Conversion/Passes.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "tenon/Kernels/FusionRoles.h"
#include "tenon/Kernels/Passes.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  registry.insert<tenon::TenonDialect>();
  tenon::registerKernelDialects(registry);
  tenon::registerFusionRoles(registry);
  mlir::registerTransformsPasses();
  tenon::registerLinalgLowerings(registry);
  tenon::registerTenonConversionPasses();
  tenon::registerTenonTransformsPasses();
  tenon::registerTenonKernelsPasses();
  tenon::registerTenonProgramPasses();
  tenon::registerCodegenCPUPasses();
  tenon::registerCodegenCPUContractionPasses();
  tenon::registerKernelPipeline();
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "Tenon's passes\n", registry));
}
