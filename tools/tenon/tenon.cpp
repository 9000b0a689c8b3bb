//===- tenon.cpp - the command line tool ----------------------------------===//

#include "Commands.h"

#include "Models.h"
#include "tenon/Pipelines/NamedModels.h"
#include "tenon/Target/Version.h"

#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>
#include <unistd.h>

using namespace llvm;
using namespace tenon;

namespace {
struct Command {
  StringRef name;
  StringRef summary;
  ExitStatus (*run)(ArrayRef<const char *> arguments);
};

constexpr Command kCommands[] = {
    {"compile", "make a library, object, program or text from a model",
     runCompileCommand},
    {"run", "run a model or a compiled artefact", runRunCommand},
    {"test", "check models against the data beside them", runTestCommand},
    {"train", "train a model on data", runTrainCommand},
    {"inspect", "describe a model or a compiled artefact", runInspectCommand},
    {"passes", "list what the compiler does, in order", runPassesCommand},
};

void printHelp(raw_ostream &os) {
  os << "tenon " TENON_VERSION ": compiles neural networks to native code\n\n"
        "usage: tenon COMMAND ...\n\n";
  for (const Command &command : kCommands)
    os << "  " << left_justify(command.name, 9) << command.summary << '\n';
  os << "\ntenon COMMAND --help lists the options of a command.\n"
        "exit status: 0 done, 1 the input is at fault, 2 wrong usage, 3 the "
        "machine is, 70 a bug of tenon\n";
}
} // namespace

bool tenon::diesOfSignals = false;

int main(int argc, char **argv) {
  // Before the handler that prints the stack, which allocates: where memory is
  // broken that may never return.
  sys::AddSignalHandler(
      [](void *) {
        signal(SIGALRM, [](int) { _exit(kInternalError); });
        alarm(10);
      },
      nullptr);
  InitLLVM init(argc, argv);
  setNamedModels([](StringRef name, mlir::MLIRContext &context) {
    return models::buildModel(name, context);
  });
  setBugReportMsg("this is a bug of tenon; the stack follows\n");
  // Runs after the handler that prints the stack.
  sys::AddSignalHandler(
      [](void *) {
        if (!diesOfSignals)
          _exit(kInternalError);
      },
      nullptr);
  if (argc < 2) {
    printHelp(errs());
    return kWrongUsage;
  }
  StringRef name = argv[1];
  if (name == "--help" || name == "-h" || name == "help") {
    printHelp(outs());
    return kDone;
  }
  if (name == "--version") {
    outs() << "tenon " TENON_VERSION "\n";
    return kDone;
  }
  for (const Command &command : kCommands)
    if (command.name == name)
      return command.run(ArrayRef(argv, argc).drop_front(2));
  errs()
      << "tenon: expected compile, run, test, train, inspect or passes, got '"
      << name << "' (tenon --help describes them)\n";
  return kWrongUsage;
}
