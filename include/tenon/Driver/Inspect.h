//===- Inspect.h - what models and artefacts are ----------------*- C++ -*-===//

#ifndef TENON_DRIVER_INSPECT_H
#define TENON_DRIVER_INSPECT_H

#include "tenon-rt/tenon.h"
#include "tenon/Pipelines/ReadModel.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/JSON.h"

#include <optional>
#include <string>
#include <utility>

namespace tenon {

/// The descriptor of a compiled model: `name`, `producer`, `target`,
/// `cpu_features`, `parameters` (elements), `weight_bytes`, where the weights
/// are a file `weights_file`, where there is code for GPUs `gpus`, their
/// architectures, and where there are states `state_list` (each `name`,
/// `dtype`, `shape`, `kind`). A model of one function has what that takes and
/// gives: `inputs` and `outputs` (each `name`, `dtype` and `shape`, a list of
/// numbers, or of texts where a run decides), `symbols`, and where no run
/// decides them `flops`. A model of several has `functions`, each with `name`
/// and these.
/// With the number of a `function`, 0 or more, the report is about that alone.
llvm::json::Object inspectArtefact(const tenon_model &model,
                                   int32_t function = -1);

/// The same for a model at `path` (.onnx, .mlir or .mlirbc) with parts of it
/// fixed. Here `flops` is a number or a formula over the symbols; ops
/// that it leaves out because data decides what they cost are named in
/// `flops_unknown`. There are `parameter_list` (like `inputs`) and for ONNX
/// `operators` (each `name`, `version`, `count` and `supported`). Nothing after
/// a diagnostic. `function` is the only one to report on; empty: all are.
std::optional<llvm::json::Object> inspectModel(llvm::StringRef path,
                                               const FixedParts &fixed,
                                               llvm::StringRef function,
                                               llvm::raw_ostream &diagnostics);

/// The same report for people.
void printInspection(llvm::raw_ostream &os, const llvm::json::Object &report);

} // namespace tenon

#endif // TENON_DRIVER_INSPECT_H
