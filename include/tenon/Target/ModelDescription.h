//===- ModelDescription.h - what an artefact says of its model
//-------------===//
//
// The facts that become the descriptor (tenon_model of tenon-rt/tenon.h), the
// C header, and the answers of `tenon inspect`. The pipeline fills it in.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_TARGET_MODELDESCRIPTION_H
#define TENON_TARGET_MODELDESCRIPTION_H

#include "tenon-rt/tenon.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace tenon {

/// One dimension of an input or output.
struct DimDescription {
  /// As in tenon_value.dims: a constant, ~symbol, TENON_DIM_EXPRESSION, or
  /// TENON_DIM_LATE.
  int64_t value;
  /// For people: "128", "batch", "s + 1".
  std::string text;

  static DimDescription getConstant(int64_t extent) {
    return {extent, std::to_string(extent)};
  }
  static DimDescription getSymbol(int64_t number, llvm::StringRef name) {
    return {~number, name.str()};
  }
  static DimDescription getExpression(llvm::StringRef text) {
    return {TENON_DIM_EXPRESSION, text.str()};
  }
  static DimDescription getLate(llvm::StringRef text) {
    return {TENON_DIM_LATE, text.str()};
  }
  bool isConstant() const { return value >= 0; }
};

/// An input or output under its name in the model's file.
struct ValueDescription {
  std::string name;
  tenon_dtype dtype = TENON_FLOAT32;
  llvm::SmallVector<DimDescription> dims;
  /// Inputs of an integer type: the values allowed, both included; 0, 0: any.
  int64_t minIndex = 0, maxIndex = 0;
  /// In a training program: the parameter that it is; empty: the function's
  /// own.
  std::string parameter;
  /// Of an output: the input whose memory it may be; -1: none.
  int32_t donatedInput = -1;

  bool hasStaticShape() const;
  /// Whether a run finds out its size.
  bool isLate() const {
    return llvm::any_of(dims, [](const DimDescription &dim) {
      return dim.value == TENON_DIM_LATE;
    });
  }
  /// "[batch, 3, 224, 224]"
  std::string getShapeText() const;
};

/// One launch of a kernel, in the order of the program.
struct LaunchDescription {
  std::string kernel;
  /// The names of the graph's nodes that it computes, separated by ", ".
  std::string nodes;
  int64_t numBuffers = 0, numDims = 0;
  /// Of a kernel for a GPU; 0: it is one for the host.
  int64_t blockSize = 0;
};

/// A parameter of a training program.
struct ParameterDescription {
  ValueDescription value;
  uint64_t offset = 0; ///< of its first value in the image of all
  int64_t bytes = 0;
  bool isState = false;
};

/// The kernels of a model for one GPU architecture.
struct DeviceText {
  std::string arch, ptx;
};

struct ModelDescription {
  /// The C identifier that every exported symbol begins with.
  std::string name;
  /// For people, where it is not that.
  std::string title;
  /// The file it was compiled from, without folders; for comments.
  std::string source;
  std::vector<ValueDescription> inputs, outputs;
  /// Names of the dimensions that a run decides.
  std::vector<std::string> symbols;
  std::vector<LaunchDescription> launches;
  /// Of one inference, as far as nothing but the model decides.
  int64_t flops = 0;
  /// What the symbols' values must satisfy, for people, in the order in which
  /// the program computes it.
  std::vector<std::string> guards;
  int64_t numParameters = 0;
  /// Growable blocks of memory for sizes that a run finds out.
  int64_t numLateBlocks = 0;
  /// Whether runs use the caller's thread alone.
  bool isSequential = false;

  /// Of a model for a GPU: its kernels.
  std::vector<DeviceText> texts;
  /// The descriptor of the same model for a GPU; empty: there is none.
  std::string deviceDescriptor;

  /// True if every input and output has constant dimensions, so that typed
  /// entry points can take bare pointers.
  bool hasStaticShapes() const;

  /// The symbols of the model's code and data. Those with two underscores are
  /// hidden: they do not leave the artefact.
  std::string getSymbol(llvm::StringRef suffix) const {
    return name + suffix.str();
  }
  std::string getRunSymbol() const { return getSymbol("__run"); }
  std::string getSizesSymbol() const { return getSymbol("__sizes"); }
  std::string getLaunchesSymbol() const { return getSymbol("__launches"); }
  std::string getWeightsSymbol() const { return getSymbol("__weights"); }
  std::string getDescriptorSymbol() const { return getSymbol("_model"); }
};

/// A training program: functions over shared parameters.
struct TrainingDescription {
  std::string name, source;
  std::vector<ParameterDescription> parameters;
  /// The functions' names, and they as models: their own inputs and outputs
  /// first, then parameters.
  std::vector<std::string> functionNames;
  std::vector<ModelDescription> functions;

  std::string getDescriptorSymbol() const { return name + "_training"; }
  std::string getInitialSymbol() const { return name + "__initial"; }
};

/// The C name of a model that is compiled to `path`: the file's name without
/// "lib" and suffix, made an identifier.
std::string getModelName(llvm::StringRef path);

/// True if `name` can begin the names of C functions.
bool isIdentifier(llvm::StringRef name);

} // namespace tenon

#endif // TENON_TARGET_MODELDESCRIPTION_H
