//===- TrainingData.h - samples and targets from files ----------*- C++ -*-===//
#ifndef TENON_DRIVER_TRAININGDATA_H
#define TENON_DRIVER_TRAININGDATA_H

#include "tenon-rt/tensor_io.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <optional>
#include <string>
#include <vector>

namespace tenon {

/// A tensor whose first dimension counts samples.
struct SampleTensor {
  int32_t dtype = TENON_FLOAT32;
  std::vector<int64_t> shape;
  std::vector<char> bytes;

  int64_t getNumSamples() const { return shape.empty() ? 0 : shape[0]; }
  size_t getSampleBytes() const {
    return getNumSamples() ? bytes.size() / getNumSamples() : 0;
  }
};

/// Samples and their targets, equally many.
struct TrainingData {
  SampleTensor samples, targets;

  /// Gives both the types and shapes that a function takes: of `samples` and
  /// `targets` all but the first dimension counts. Numbers are converted, equal
  /// numbers of elements reshaped; anything else is an error.
  llvm::Error fit(const tenon_value_info &samples,
                  const tenon_value_info &targets);
};

/// Reads a folder of IDX files, "train-images-idx3-ubyte" and the like, also
/// with .gz, whose pixels become x / 255; or an .npz with `x` and `y`.
llvm::Expected<TrainingData> readTrainingData(llvm::StringRef path);

/// The validation data of a folder of IDX files, "t10k-...", where it has some.
llvm::Expected<std::optional<TrainingData>>
readValidationData(llvm::StringRef path);

} // namespace tenon

#endif // TENON_DRIVER_TRAININGDATA_H
