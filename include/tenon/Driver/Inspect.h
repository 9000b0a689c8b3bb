//===- Inspect.h - what models and artefacts are ----------------*- C++ -*-===//

#ifndef TENON_DRIVER_INSPECT_H
#define TENON_DRIVER_INSPECT_H

#include "tenon-rt/training.h"
#include "tenon/Pipelines/ReadModel.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>
#include <utility>

namespace tenon {

/// The descriptor of a compiled model: `name`, `producer`, `target`,
/// `cpu_features`, `inputs` and `outputs` (each `name`, `dtype` and `shape`, a
/// list of numbers, or of texts where a run decides), `symbols`, `parameters`
/// (elements), `weight_bytes`, where no run decides them `flops`, where the
/// weights are a file `weights_file`, and where there is code for GPUs `gpus`,
/// their architectures.
llvm::json::Object inspectArtefact(const tenon_model &model);

/// The descriptor of a training program: of the above what concerns all of it,
/// `functions` (each `name`, `inputs` and `outputs`, its own), `parameter_list`
/// and `state_list`, which steps keep but do not train.
llvm::json::Object inspectTraining(const tenon_training &training);

/// The same for a model at `path` (.onnx, .mlir or .mlirbc) with parts of it
/// fixed. Here `flops` is a number or a formula over the symbols; ops
/// that it leaves out because data decides what they cost are named in
/// `flops_unknown`. There are `parameter_list` (like `inputs`) and for ONNX
/// `operators` (each `name`, `version`, `count` and `supported`). Nothing after
/// a diagnostic.
std::optional<llvm::json::Object> inspectModel(llvm::StringRef path,
                                               const FixedParts &fixed,
                                               llvm::raw_ostream &diagnostics);

/// The same report for people.
void printInspection(llvm::raw_ostream &os, const llvm::json::Object &report);

} // namespace tenon

#endif // TENON_DRIVER_INSPECT_H
