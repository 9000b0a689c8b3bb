//===- Passes.cpp - tenon passes ------------------------------------------===//

#include "Commands.h"

#include "tenon/Pipelines/Compile.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace tenon;

static constexpr CommandInfo kPasses = {
    "passes", "passes",
    "List the passes in the order in which they run first. -: --disable-pass "
    "may leave it out; +: runs with --enable-pass alone.",
    PassesOption};

ExitStatus tenon::runPassesCommand(ArrayRef<const char *> arguments) {
  CommandLine line(kPasses, arguments);
  if (line.getExitStatus())
    return *line.getExitStatus();
  if (!line.getPositional().empty()) {
    line.fail("expected no argument, got '" + line.getPositional().front() +
              "'");
    return *line.getExitStatus();
  }
  size_t width = 0;
  for (const PassDescription &pass : getPassDescriptions())
    width = std::max(width, pass.name.size());
  for (const PassDescription &pass : getPassDescriptions())
    outs() << (pass.canBeDisabled  ? "- "
               : pass.canBeEnabled ? "+ "
                                   : "  ")
           << left_justify(pass.name, width + 2) << pass.summary << '\n';
  return kDone;
}
