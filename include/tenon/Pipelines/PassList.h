//===- PassList.h - the order of the passes ---------------------*- C++ -*-===//
//
// The story of a model, in one list (PassList.cpp). `tenon passes`,
// `--time-passes`, `--disable-pass` and `--print-after` speak of the names in
// it.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_PIPELINES_PASSLIST_H
#define TENON_PIPELINES_PASSLIST_H

#include "mlir/Pass/PassManager.h"
#include "tenon/Dialect/Tenon/Transforms/EvaluateConstants.h"
#include "tenon/Pipelines/Compile.h"
#include "tenon/Target/TargetInfo.h"

namespace tenon {

/// Who runs the kernels.
enum class BackEnd {
  Host,
  Device,
  /// Device kernels on the host, for tests.
  Emulated,
};

struct PipelineOptions {
  BackEnd backEnd = BackEnd::Host;
  /// What the factors of device kernels' contractions are rounded to.
  std::string precision = "f32";
  TargetInfo target;
  /// The model's C name, with which its kernels' symbols begin.
  std::string name = "model";
  /// Names of passes to leave out; those that nothing works without are kept.
  std::vector<std::string> disabledPasses;
  /// Names of passes to run that do not run by themselves.
  std::vector<std::string> enabledPasses;
  /// Name of the pass at which to stop; empty: none.
  std::string stopBefore;
  /// Runs constant subgraphs; without it they stay in the program.
  ConstantEvaluator evaluator;
};

/// From an imported graph to launches of kernels with a memory plan.
void buildGraphPipeline(mlir::OpPassManager &manager,
                        const PipelineOptions &options);

/// Each kernel from tenon ops to the LLVM dialect; `manager` runs on the
/// kernel's own module. The tests of single kernels begin after
/// `lower-to-linalg`, which does nothing to those without its attribute.
void buildKernelPipeline(mlir::OpPassManager &manager,
                         const PipelineOptions &options);

/// The function that launches the kernels, to the LLVM dialect.
void buildProgramPipeline(mlir::OpPassManager &manager,
                          const PipelineOptions &options);

/// The name by which users know a pass: its argument without "tenon-".
llvm::StringRef getPassName(const mlir::Pass &pass);

/// What passes and importers need in a context: the dialects, and the external
/// models of their interfaces.
void registerDialects(mlir::DialectRegistry &registry);

/// Registers every pass and pipeline, for tenon-opt.
void registerPasses();

} // namespace tenon

#endif // TENON_PIPELINES_PASSLIST_H
