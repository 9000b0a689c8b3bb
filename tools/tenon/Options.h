//===- Options.h - the command line of tenon --------------------*- C++ -*-===//

#ifndef TENON_TOOLS_TENON_OPTIONS_H
#define TENON_TOOLS_TENON_OPTIONS_H

#include "tenon/Pipelines/ReadModel.h"
#include "llvm/Option/ArgList.h"
#include "llvm/Option/OptTable.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tenon {

/// As `tenon --help` explains them.
enum ExitStatus : int {
  kDone = 0,
  kInputAtFault = 1,
  kWrongUsage = 2,
  kMachineAtFault = 3,
  kInternalError = 70,
};

/// The options of all commands, as the records of Options.td.
enum OptionID {
  OPT_INVALID = 0,
#define OPTION(...) LLVM_MAKE_OPT_ID(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

/// The commands that an option may be visible to.
enum CommandVisibility : unsigned {
  CompileOption = 1 << 1,
  RunOption = 1 << 2,
  TestOption = 1 << 3,
  InspectOption = 1 << 4,
  TrainOption = 1 << 5,
  PassesOption = 1 << 6,
};

/// How one command is called.
struct CommandInfo {
  const char *name;
  /// After "tenon ".
  const char *usage;
  const char *summary;
  CommandVisibility visibility;
  /// Ends the text of --help.
  void (*printMore)(llvm::raw_ostream &) = nullptr;
};

/// The arguments of one command. Whatever is wrong with them is printed to
/// stderr; the command then ends with `getExitStatus()`.
class CommandLine {
public:
  CommandLine(const CommandInfo &command,
              llvm::ArrayRef<const char *> arguments);

  /// Set if the command has nothing more to do: after --help, or after an
  /// error.
  std::optional<ExitStatus> getExitStatus() const { return exitStatus; }

  bool has(OptionID id) const { return arguments.hasArg(id); }
  std::string get(OptionID id, llvm::StringRef otherwise = "") const;
  std::vector<std::string> getAll(OptionID id) const;
  /// The arguments without a dash.
  std::vector<std::string> getPositional() const;
  const llvm::opt::InputArgList &getArguments() const { return arguments; }

  /// A number of at least `least`.
  int64_t getInteger(OptionID id, int64_t otherwise, int64_t least);
  /// A number that is not negative.
  double getReal(OptionID id, double otherwise);
  /// All --dim NAME=N.
  std::vector<std::pair<std::string, int64_t>> getDims();
  /// All --dim NAME=..N.
  llvm::StringMap<int64_t> getCapacities();
  /// Those, all --value NAME=V and all --state.
  FixedParts getFixedParts();

  /// Reports wrong usage.
  void fail(const llvm::Twine &message);

private:
  void checkArguments(unsigned missingIndex, unsigned missingCount);

  const CommandInfo &command;
  llvm::opt::InputArgList arguments;
  std::optional<ExitStatus> exitStatus;
};

} // namespace tenon

#endif // TENON_TOOLS_TENON_OPTIONS_H
