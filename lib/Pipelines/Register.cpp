//===- Register.cpp - what a context and tenon-opt know -------------------===//

#include "mlir/InitAllDialects.h"
#include "mlir/Transforms/Passes.h"
#include "tenon/Autodiff/Derivatives.h"
#include "tenon/Autodiff/Passes.h"
#include "tenon/Codegen/CPU/Contraction/Passes.h"
#include "tenon/Codegen/CPU/Passes.h"
#include "tenon/Codegen/CPU/Pipeline.h"
#include "tenon/Codegen/Program/Passes.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Conversion/Passes.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "tenon/Kernels/FusionRoles.h"
#include "tenon/Kernels/Passes.h"
#include "tenon/Pipelines/PassList.h"

using namespace mlir;

void tenon::registerDialects(DialectRegistry &registry) {
  registry.insert<TenonDialect>();
  registerKernelDialects(registry);
  registerDerivatives(registry);
  registerLinalgLowerings(registry);
  registerFusionRoles(registry);
}

void tenon::registerPasses() {
  registerTransformsPasses();
  registerTenonTransformsPasses();
  registerTenonAutodiffPasses();
  registerTenonKernelsPasses();
  registerTenonConversionPasses();
  registerTenonProgramPasses();
  registerCodegenCPUPasses();
  registerCodegenCPUContractionPasses();
  registerKernelPipeline();
}
