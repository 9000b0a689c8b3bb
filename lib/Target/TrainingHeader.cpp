//===- TrainingHeader.cpp - the C header of a training program ------------===//

#include "tenon/Target/Header.h"
#include "tenon/Target/Version.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace tenon;

/// Names come from files: nothing in them may begin or end a comment.
static std::string getCommentText(StringRef text) {
  std::string safe;
  for (char c : text)
    safe += c == '*' || !isPrint(c) ? '?' : c;
  return safe;
}

static void describe(raw_ostream &os, StringRef role,
                     const ValueDescription &value) {
  os << " *     " << role << ' ' << getCommentText(value.name) << ": "
     << tenon_dtype_name(value.dtype) << ' '
     << getCommentText(value.getShapeText()) << '\n';
}

static void describeFunctions(raw_ostream &os,
                              const TrainingDescription &training) {
  for (auto [name, function] :
       llvm::zip_equal(training.functionNames, training.functions)) {
    os << " *   " << name << '\n';
    for (const ValueDescription &input : function.inputs)
      if (input.parameter.empty())
        describe(os, "input ", input);
    for (const ValueDescription &output : function.outputs)
      if (output.parameter.empty())
        describe(os, "output", output);
  }
}

static void describeParameters(raw_ostream &os,
                               const TrainingDescription &training) {
  for (const ParameterDescription &parameter : training.parameters)
    if (!parameter.isState)
      describe(os, "parameter", parameter.value);
}

void tenon::writeTrainingHeader(raw_ostream &os,
                                const TrainingDescription &training) {
  const std::string &name = training.name;
  std::string guard = "TENON_TRAINING_" + name + "_H";
  os << "/* " << name << ".h - made by tenon " TENON_VERSION " from "
     << getCommentText(training.source) << "; do not edit.\n *\n"
     << " * A training program. Its functions:\n *\n";
  describeFunctions(os, training);
  os << " *\n * over the parameters\n *\n";
  describeParameters(os, training);
  os << " *\n * Link with " << name
     << "'s library, or with its object and libtenon-rt.a; both need -lm "
        "-lpthread.\n * tenon-rt/training.h explains trainers. Example:\n *\n"
     << " *   tenon_error error;\n"
     << " *   tenon_trainer *trainer = tenon_trainer_open(&" << name
     << "_training, NULL, &error);\n"
     << " *   tenon_tensor outputs[1] = {{0}}; // lent by the trainer\n"
     << " *   if (!trainer || tenon_trainer_run(trainer, " << name << '_'
     << training.functionNames.front() << ", inputs, outputs, &error))\n"
     << " *     fprintf(stderr, \"%s\\n\", error.message);\n"
     << " *   tenon_trainer_close(trainer);\n */\n"
     << "#ifndef " << guard << "\n#define " << guard
     << "\n\n#include \"tenon-rt/training.h\"\n\n#ifdef __cplusplus\nextern "
        "\"C\" {\n#endif\n\n"
     << "extern const tenon_training " << name << "_training;\n\n"
     << "/* The numbers of its functions. */\nenum {";
  llvm::ListSeparator separator(",");
  for (auto [index, function] : llvm::enumerate(training.functionNames))
    os << separator << "\n  " << name << '_' << function << " = " << index;
  os << "\n};\n\n#ifdef __cplusplus\n} /* extern \"C\" */\n#endif\n\n#endif /* "
     << guard << " */\n";
}
