//===- ModelDescription.h - what an artefact says of its model --*- C++ -*-===//
//
// The facts that become the descriptor (tenon_model of tenon-rt/tenon.h, and
// tenon_program of tenon-rt/program.h), the C header, and the answers of `tenon
// inspect`. The pipeline fills it in.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_TARGET_MODELDESCRIPTION_H
#define TENON_TARGET_MODELDESCRIPTION_H

#include "tenon-rt/tenon.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace tenon {

/// One dimension of an input or output.
struct DimDescription {
  /// As in tenon_value_info.dims: a constant, ~symbol, TENON_DIM_EXPRESSION, or
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

/// A tensor that outlives calls.
struct StateDescription {
  std::string name;
  tenon_dtype dtype = TENON_FLOAT32;
  tenon_state_kind kind = TENON_STATE_KEPT;
  /// A number, or TENON_DIM_EXPRESSION with the dimension's name.
  llvm::SmallVector<DimDescription> dims;
  llvm::SmallVector<int64_t> capacity, firstDims;
  uint64_t first = 0; ///< offset of the first value among the host's weights
  /// Of one that was an input and an output of the model: which; -1: none.
  int32_t inputNumber = -1, outputNumber = -1;
  /// Whether some function changes it where it lies.
  bool isUpdated = false;
};

/// What a function is called with: its own inputs and outputs, then states.
struct FunctionDescription {
  /// As the module has it.
  std::string name;
  std::vector<ValueDescription> inputs, outputs;
  /// The states behind the function's own inputs and outputs.
  std::vector<int32_t> reads, writes;
  /// Names of the dimensions that a run decides.
  std::vector<std::string> symbols;

  llvm::ArrayRef<ValueDescription> getOwnInputs() const {
    return llvm::ArrayRef(inputs).drop_back(reads.size());
  }
  llvm::ArrayRef<ValueDescription> getOwnOutputs() const {
    return llvm::ArrayRef(outputs).drop_back(writes.size());
  }
  /// True if its own inputs and outputs have constant dimensions, so that typed
  /// entry points can take bare pointers.
  bool hasStaticShapes() const;
};

/// The code of a function, which other modules define.
struct CodeDescription {
  /// Its symbols begin with this. Those with two underscores are hidden: they
  /// do not leave the artefact.
  std::string symbol;
  std::vector<LaunchDescription> launches;
  /// The first launch that changes state in place.
  int64_t firstChange = 0;
  /// What it does together with other ranks.
  int64_t numTransfers = 0;
  /// Of one call, as far as nothing but the model decides.
  int64_t flops = 0;
  /// Of the arena, and of what is alive in it at once at most; -1: calls
  /// decide.
  int64_t arenaBytes = -1, liveBytes = -1;
  /// What the symbols' values must satisfy, for people, in the order in which
  /// the program computes it.
  std::vector<std::string> guards;
  /// For each output the input whose memory it may be, and the one whose memory
  /// it is; -1: none.
  std::vector<int32_t> donated, updated;

  std::string getRunSymbol() const { return symbol + "__run"; }
  std::string getSizesSymbol() const { return symbol + "__sizes"; }
  std::string getLaunchesSymbol() const { return symbol + "__launches"; }
};

/// The kernels of a model for one GPU architecture.
struct DeviceText {
  std::string arch, ptx;
};

/// All functions, compiled for the host or for GPUs.
struct ProgramDescription {
  /// Its symbols begin with this.
  std::string symbol;
  std::vector<CodeDescription> functions;
  /// Whether runs use the caller's thread alone.
  bool isSequential = false;
  /// For each state whether it has room up to its capacity.
  std::vector<int32_t> atCapacity;
  /// Growable blocks of memory for sizes that a run finds out.
  int64_t numLateBlocks = 0;
  /// For GPUs: the kernels.
  std::vector<DeviceText> texts;

  std::string getWeightsSymbol() const { return symbol + "__weights"; }
};

/// What an artefact says of itself to applications.
struct ModelDescription {
  /// The C identifier that every exported symbol begins with.
  std::string name;
  /// The file it was compiled from, without folders; for comments.
  std::string source;
  std::vector<FunctionDescription> functions;
  std::vector<StateDescription> states;
  int64_t numParameters = 0;
  bool hasDevice = false;

  std::string getDescriptorSymbol() const { return name + "_model"; }
  /// The C names of the functions' entry points: NAME_run where there is one,
  /// NAME_FUNCTION where there are several (tenon.h has the rule).
  std::vector<std::string> getEntryNames() const;
};

/// The C name of a model that is compiled to `path`: the file's name without
/// "lib" and suffix, made an identifier.
std::string getModelName(llvm::StringRef path);

/// True if `name` can begin the names of C functions.
bool isIdentifier(llvm::StringRef name);

/// `name` with an underscore for each character that no identifier has.
std::string makeIdentifier(llvm::StringRef name);

} // namespace tenon

#endif // TENON_TARGET_MODELDESCRIPTION_H
