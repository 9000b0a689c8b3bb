//===- Compile.h - a model in, an artefact out ------------------*- C++ -*-===//

#ifndef TENON_PIPELINES_COMPILE_H
#define TENON_PIPELINES_COMPILE_H

#include "tenon/Pipelines/ReadModel.h"
#include "tenon/Target/Artefact.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tenon {

/// The least precise type that contractions of float32 values may multiply in.
enum class Precision { F32, TF32, BF16, F16 };

/// "f32", ...
llvm::StringRef getName(Precision precision);

/// How a model for inference is trained.
struct TrainingRequest {
  /// One or several losses, as parseLossTerms takes them.
  std::string loss = "cross-entropy";
  /// The output that is the loss; empty: `loss` is.
  std::string lossOutput;
  /// OUTPUT=INPUT: the input of an output's targets.
  std::vector<std::string> targets;
  /// Inputs with the weights of samples and of targets; empty: none.
  std::string sampleWeight, targetWeight;
  /// INPUT=AXIS: the dimension that counts samples, `none` where none does.
  std::vector<std::string> batchAxes;
  /// NAME[:KEY=VALUE,...], as Optimizers.h has them.
  std::string optimizer = "adam";
  /// Patterns of parameters to train, and of those to leave all the same.
  std::vector<std::string> parameters = {"*"}, frozen;
  double clipNorm = 0, clipValue = 0, clipEach = 0;
  /// PATTERN:KEY=VALUE,...: numbers of the optimizer for some parameters.
  std::vector<std::string> groups;
  /// Parameters change at every so many calls.
  int64_t accumulate = 1;
  /// Inputs and parameters whose gradients the function `gradients` returns.
  std::vector<std::string> gradients;
  uint64_t seed = 0;
  /// Samples in a batch, and in the last one of an epoch; 0: there is none.
  int64_t batch = 32, lastBatch = 0;
  /// Whether several processes take each step together.
  bool isShared = false;
  /// Then the samples of all of them.
  int64_t wholeBatch = 0, wholeLastBatch = 0;
  /// Whether batch norms then take the statistics of the whole batch.
  bool syncsBatchNorm = false;
  /// Whether processes compute a part of the model each; how many, which of
  /// them this is, and patterns of the nodes that each computes.
  bool splitsModel = false;
  int64_t numStages = 1, stage = 0;
  std::vector<std::string> places;
  /// Parts of a batch that a step computes one after the other.
  int64_t microBatches = 1;
};

struct CompileOptions {
  ArtefactOptions artefact;
  /// The model's C name; empty: from the artefact's path.
  std::string name;
  /// The functions to keep; empty: all.
  std::vector<std::string> functions;
  /// The machine, as TargetInfo::get takes it; empty: this one.
  std::string triple, cpu;
  FixedParts fixed;
  /// The GPUs that kernels are for too, as DeviceInfo::get takes them;
  /// "emulated" alone: one that the host plays.
  std::vector<std::string> gpus;
  bool isEmulated() const {
    return gpus == std::vector<std::string>{"emulated"};
  }
  Precision precision = Precision::F32;
  bool threads = true;
  /// Passes of the pipeline list, by name.
  std::vector<std::string> disabledPasses, enabledPasses, printAfter;
  bool timePasses = false;
  /// Make a training program of the model.
  std::optional<TrainingRequest> training;
};

/// How a compilation ended; a diagnostic says why it did not succeed.
enum class CompileStatus {
  Success,
  /// The model is corrupt, inconsistent, or not to be had.
  InvalidModel,
  /// The model is fine, but uses what this version has no code for.
  Unsupported,
  /// The machine is at fault: disk full, no runtime library, ...
  MachineFault,
};

/// Compiles the model at `path` (.onnx, .mlir or .mlirbc) to
/// `options.artefact`. Diagnostics, one a line with the model's file and node,
/// go to `diagnostics`; `valuesNeeded` is readModel's.
CompileStatus compileModel(llvm::StringRef path, const CompileOptions &options,
                           llvm::raw_ostream &diagnostics,
                           std::vector<ModelInput> *valuesNeeded = nullptr);

/// What users may say of a pass of the pipeline.
struct PassDescription {
  std::string name;
  /// What it does, as its record says.
  std::string summary;
  /// Whether `disabledPasses` may name it, or `enabledPasses`.
  bool canBeDisabled, canBeEnabled;
};

/// The pipeline's passes in the order of their first run, each name once.
std::vector<PassDescription> getPassDescriptions();

} // namespace tenon

#endif // TENON_PIPELINES_COMPILE_H
