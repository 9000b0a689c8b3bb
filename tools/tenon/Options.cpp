//===- Options.cpp - the command line of tenon ----------------------------===//

#include "Options.h"

#include "llvm/Option/Arg.h"
#include "llvm/Option/Option.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace llvm::opt;
using namespace tenon;

namespace {
#define OPTTABLE_STR_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_STR_TABLE_CODE

#define OPTTABLE_PREFIXES_TABLE_CODE
#include "Options.inc"
#undef OPTTABLE_PREFIXES_TABLE_CODE

constexpr OptTable::Info kOptions[] = {
#define OPTION(...) LLVM_CONSTRUCT_OPT_INFO(__VA_ARGS__),
#include "Options.inc"
#undef OPTION
};

class TenonOptTable : public GenericOptTable {
public:
  TenonOptTable()
      : GenericOptTable(OptionStrTable, OptionPrefixesTable, kOptions) {}
};

const OptTable &getTable() {
  static const TenonOptTable table;
  return table;
}

InputArgList parse(const CommandInfo &command, ArrayRef<const char *> arguments,
                   unsigned &missingIndex, unsigned &missingCount) {
  return getTable().ParseArgs(arguments, missingIndex, missingCount,
                              Visibility(command.visibility));
}
} // namespace

CommandLine::CommandLine(const CommandInfo &command,
                         ArrayRef<const char *> argv)
    : command(command) {
  unsigned missingIndex = 0, missingCount = 0;
  arguments = parse(command, argv, missingIndex, missingCount);
  if (has(OPT_help)) {
    getTable().printHelp(
        outs(), (std::string("tenon ") + command.usage).c_str(),
        command.summary, /*ShowHidden=*/false,
        /*ShowAllAliases=*/false, Visibility(command.visibility));
    if (command.printMore)
      command.printMore(outs());
    exitStatus = kDone;
    return;
  }
  checkArguments(missingIndex, missingCount);
}

void CommandLine::checkArguments(unsigned missingIndex, unsigned missingCount) {
  if (missingCount)
    return fail(Twine("expected a value after ") +
                arguments.getArgString(missingIndex));
  for (const Arg *argument : arguments.filtered(OPT_UNKNOWN)) {
    std::string nearest, text = argument->getAsString(arguments);
    bool isClose = getTable().findNearest(text, nearest,
                                          Visibility(command.visibility)) <= 2;
    fail("unknown option " + text +
         (isClose ? "; did you mean " + nearest + "?" : std::string()));
  }
}

void CommandLine::fail(const Twine &message) {
  errs() << "tenon " << command.name << ": " << message << " (tenon "
         << command.name << " --help lists the options)\n";
  exitStatus = kWrongUsage;
}

std::string CommandLine::get(OptionID id, StringRef otherwise) const {
  return arguments.getLastArgValue(id, otherwise).str();
}

std::vector<std::string> CommandLine::getAll(OptionID id) const {
  return arguments.getAllArgValues(id);
}

std::vector<std::string> CommandLine::getPositional() const {
  return arguments.getAllArgValues(OPT_INPUT);
}

int64_t CommandLine::getInteger(OptionID id, int64_t otherwise, int64_t least) {
  if (!has(id))
    return otherwise;
  int64_t value;
  StringRef text = arguments.getLastArgValue(id);
  if (!text.getAsInteger(10, value) && value >= least)
    return value;
  fail("expected a whole number of at least " + Twine(least) + " for " +
       arguments.getLastArg(id)->getSpelling().rtrim('=') + ", got '" + text +
       "'");
  return otherwise;
}

double CommandLine::getReal(OptionID id, double otherwise) {
  if (!has(id))
    return otherwise;
  double value;
  StringRef text = arguments.getLastArgValue(id);
  if (!text.getAsDouble(value) && value >= 0)
    return value;
  fail(Twine("expected a number of at least 0 for ") +
       arguments.getLastArg(id)->getSpelling().rtrim('=') + ", got '" + text +
       "'");
  return otherwise;
}

FixedParts CommandLine::getFixedParts() {
  FixedParts fixed{getDims(),
                   /*values=*/{},
                   getAll(OPT_override),
                   {getAll(OPT_state), getCapacities()}};
  for (const std::string &text : getAll(OPT_value)) {
    auto [name, value] = StringRef(text).split('=');
    if (name.empty() || value.empty())
      fail("expected --value NAME=V, got '" + Twine(text) + "'");
    fixed.values.push_back({name.str(), value.str()});
  }
  return fixed;
}

/// "NAME=..N"
static std::optional<std::pair<StringRef, StringRef>>
splitCapacity(StringRef text) {
  auto [name, number] = text.rsplit('=');
  if (!number.consume_front(".."))
    return std::nullopt;
  return std::pair(name, number);
}

llvm::StringMap<int64_t> CommandLine::getCapacities() {
  llvm::StringMap<int64_t> capacities;
  for (const std::string &text : getAll(OPT_dim)) {
    auto capacity = splitCapacity(text);
    if (!capacity)
      continue;
    int64_t extent;
    if (capacity->first.empty() || capacity->second.getAsInteger(10, extent) ||
        extent < 1)
      fail("expected --dim NAME=..N, got '" + Twine(text) + "'");
    else
      capacities[capacity->first] = extent;
  }
  return capacities;
}

std::vector<std::pair<std::string, int64_t>> CommandLine::getDims() {
  std::vector<std::pair<std::string, int64_t>> dims;
  for (const std::string &text : getAll(OPT_dim)) {
    if (splitCapacity(text))
      continue;
    auto [name, number] = StringRef(text).rsplit('=');
    int64_t extent;
    if (name.empty() || number.getAsInteger(10, extent) || extent < 0)
      fail("expected --dim NAME=N, got '" + Twine(text) + "'");
    else
      dims.push_back({name.str(), extent});
  }
  return dims;
}
