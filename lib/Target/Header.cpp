//===- Header.cpp - the C header of an artefact ---------------------------===//

#include "tenon/Target/Header.h"

#include "tenon/Target/Version.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace tenon;

/// Words that the header's declarations use, and those of C and C++ that a
/// model's author may well have taken for a tensor.
static bool isReserved(StringRef name) {
  static const StringSet<> reserved = {
      "context",  "error",  "options",  "auto",     "bool",    "break",
      "case",     "char",   "class",    "const",    "delete",  "do",
      "double",   "else",   "enum",     "export",   "extern",  "false",
      "float",    "for",    "goto",     "if",       "inline",  "int",
      "long",     "new",    "not",      "and",      "or",      "xor",
      "private",  "public", "return",   "short",    "signed",  "sizeof",
      "static",   "struct", "switch",   "template", "this",    "true",
      "typedef",  "union",  "unsigned", "using",    "virtual", "void",
      "volatile", "while",  "register", "operator", "default", "main",
      "stdin",    "stdout", "stderr",   "NULL",     "linux",   "unix"};
  return reserved.contains(name);
}

static std::string makeParameter(StringRef name, StringSet<> &taken) {
  std::string identifier = makeIdentifier(name);
  if (!isIdentifier(identifier) || identifier.front() == '_')
    identifier = "x" + identifier;
  if (isReserved(identifier))
    identifier += "_";
  std::string candidate = identifier;
  for (unsigned i = 2; !taken.insert(candidate).second; ++i)
    candidate = identifier + "_" + std::to_string(i);
  return candidate;
}

std::vector<std::string>
tenon::getParameterNames(const FunctionDescription &function) {
  StringSet<> taken;
  std::vector<std::string> names;
  for (ArrayRef<ValueDescription> values :
       {function.getOwnInputs(), function.getOwnOutputs()})
    for (const ValueDescription &value : values)
      names.push_back(makeParameter(value.name, taken));
  return names;
}

/// The element type of a parameter. Types that C does not have are their bits.
static StringRef getCType(tenon_dtype dtype) {
  switch (dtype) {
  case TENON_FLOAT32:
  case TENON_COMPLEX64:
    return "float";
  case TENON_FLOAT64:
  case TENON_COMPLEX128:
    return "double";
  case TENON_INT8:
    return "int8_t";
  case TENON_INT16:
    return "int16_t";
  case TENON_INT32:
    return "int32_t";
  case TENON_INT64:
    return "int64_t";
  case TENON_UINT16:
  case TENON_FLOAT16:
  case TENON_BFLOAT16:
    return "uint16_t";
  case TENON_UINT32:
    return "uint32_t";
  case TENON_UINT64:
    return "uint64_t";
  default:
    return "uint8_t";
  }
}

/// Names come from files: nothing in them may begin or end a comment.
static std::string getCommentText(StringRef text) {
  std::string safe;
  for (char c : text) {
    char last = safe.empty() ? ' ' : safe.back();
    if ((last == '*' && c == '/') || (last == '/' && c == '*'))
      safe += ' ';
    safe += llvm::isPrint(c) ? c : '?';
  }
  return safe;
}

static int64_t getNumElements(const ValueDescription &value) {
  int64_t count = 1;
  for (const DimDescription &dim : value.dims)
    count *= dim.value;
  // A complex number is two elements of its C type.
  bool isComplex =
      value.dtype == TENON_COMPLEX64 || value.dtype == TENON_COMPLEX128;
  int32_t bits = tenon_dtype_bits(value.dtype);
  return isComplex ? count * 2 : bits < 8 ? (count * bits + 7) / 8 : count;
}

namespace {
/// What the header says of one function.
class FunctionWriter {
public:
  FunctionWriter(raw_ostream &os, const ModelDescription &model, size_t number,
                 StringRef entry)
      : os(os), model(model), function(model.functions[number]), entry(entry),
        prefix(model.functions.size() == 1 ? StringRef(model.name) : entry),
        inputs(function.getOwnInputs()), outputs(function.getOwnOutputs()),
        parameters(getParameterNames(function)) {}

  void writeDescription();
  void writeExample();
  void writeDeclarations();

private:
  void describe(StringRef role, ArrayRef<ValueDescription> values,
                unsigned first);
  void writeStaticArguments();
  void writeDynamicArguments();
  void writeStaticRun();
  void writeDynamicRun();
  void writePrepare();
  /// The function's values with their parameter names: inputs, then outputs.
  template <typename Function> void forEachValue(Function callback) {
    for (auto [i, value] :
         llvm::enumerate(llvm::concat<const ValueDescription>(inputs, outputs)))
      callback(value, parameters[i], i < inputs.size());
  }

  raw_ostream &os;
  const ModelDescription &model;
  const FunctionDescription &function;
  StringRef entry, prefix;
  ArrayRef<ValueDescription> inputs, outputs;
  std::vector<std::string> parameters;
};

void FunctionWriter::describe(StringRef role, ArrayRef<ValueDescription> values,
                              unsigned first) {
  for (auto [i, value] : llvm::enumerate(values)) {
    os << " *   " << role << ' ' << parameters[first + i] << ": "
       << tenon_dtype_name(value.dtype) << ' '
       << getCommentText(value.getShapeText());
    if (value.name != parameters[first + i])
      os << " (\"" << getCommentText(value.name) << "\")";
    if (value.isLate())
      os << ", lent by the context: data decides its size";
    os << '\n';
  }
}

void FunctionWriter::writeDescription() {
  if (model.functions.size() > 1)
    os << " * " << entry << '\n';
  describe("input ", inputs, 0);
  describe("output", outputs, inputs.size());
  if (!function.symbols.empty())
    os << " * where a run decides "
       << getCommentText(llvm::join(function.symbols, ", ")) << ".\n";
  os << " *\n";
}

void FunctionWriter::writeStaticArguments() {
  forEachValue([&](const ValueDescription &value, StringRef name, bool) {
    os << " *   static " << getCType(value.dtype) << ' ' << name << '['
       << prefix << "_size_" << name << "];\n";
  });
}

void FunctionWriter::writeDynamicArguments() {
  os << " *   tenon_tensor inputs[" << inputs.size() << "], outputs["
     << outputs.size() << "] = {{0}}; // lent by the context\n";
  for (auto [i, value] : llvm::enumerate(inputs)) {
    os << " *   inputs[" << i << "] = (tenon_tensor){" << parameters[i]
       << ", (int64_t[]){";
    llvm::ListSeparator separator;
    for (const DimDescription &dim : value.dims)
      os << separator << getCommentText(dim.text);
    os << "}, TENON_" << StringRef(tenon_dtype_name(value.dtype)).upper()
       << ", " << value.dims.size() << "};\n";
  }
}

void FunctionWriter::writeExample() {
  bool isStatic = function.hasStaticShapes();
  if (isStatic)
    writeStaticArguments();
  else
    writeDynamicArguments();
  os << " *   tenon_error error;\n *   " << model.name
     << "_context *context = " << model.name << "_open(NULL, &error);\n"
     << " *   if (!context || " << entry << "(context";
  if (isStatic)
    for (StringRef name : parameters)
      os << ", " << name;
  else
    os << ", inputs, outputs";
  os << ", &error) != TENON_OK)\n"
     << " *     fprintf(stderr, \"%s\\n\", error.message);\n *   " << model.name
     << "_close(context);\n";
}

void FunctionWriter::writeStaticRun() {
  os << "/* Elements of each argument of " << entry << ". */\n";
  forEachValue([&](const ValueDescription &value, StringRef name, bool) {
    os << "#define " << prefix << "_size_" << name << ' '
       << getNumElements(value) << " /* "
       << getCommentText(value.getShapeText()) << " */\n";
  });
  os << "\n/* Computes the outputs. Every array is dense and row-major, "
        "aligned to its element, and overlaps no output. */\n";
  os << "tenon_status " << entry << '(' << model.name << "_context *context";
  forEachValue(
      [&](const ValueDescription &value, StringRef name, bool isInput) {
        os << ",\n    " << (isInput ? "const " : "") << getCType(value.dtype)
           << " *" << name << " /* " << getCommentText(value.getShapeText())
           << " */";
      });
  os << ",\n    tenon_error *error);\n\n";
}

void FunctionWriter::writeDynamicRun() {
  os << "/* Computes the outputs from the inputs, both in the order above. An "
        "output with\n   NULL data is lent by the context: its data and shape "
        "are valid until the\n   context's next call. */\n";
  os << "tenon_status " << entry << '(' << model.name
     << "_context *context, const tenon_tensor *inputs,\n    tenon_tensor "
        "*outputs, tenon_error *error);\n\n";
  os << "/* The types and shapes of the outputs for inputs of these shapes. "
     << (llvm::any_of(outputs, [](const auto &value) { return value.isLate(); })
             ? "A size that\n   data decides is -1 until the run is over. "
             : "")
     << "*/\n";
  os << "tenon_status " << prefix << "_output_shapes(" << model.name
     << "_context *context,\n    const tenon_tensor *inputs, tenon_tensor "
        "*outputs, tenon_error *error);\n\n";
}

void FunctionWriter::writePrepare() {
  StringSet<> taken;
  os << "/* Allocates now what runs up to these dimensions need, so that they "
        "do not allocate. */\n";
  os << "tenon_status " << prefix << "_prepare(" << model.name
     << "_context *context";
  for (const std::string &symbol : function.symbols)
    os << ", int64_t max_" << makeParameter(symbol, taken);
  os << ",\n    tenon_error *error);\n\n";
}

void FunctionWriter::writeDeclarations() {
  if (!function.symbols.empty())
    writePrepare();
  if (function.hasStaticShapes())
    writeStaticRun();
  else
    writeDynamicRun();
}
} // namespace

/// What calls change: parameters, caches, and what else outlives them.
static void describeStates(raw_ostream &os, ArrayRef<StateDescription> states) {
  static constexpr StringLiteral kinds[] = {"trained", "kept", "scratch"};
  if (states.empty())
    return;
  os << " * over the states, which tenon_find_state numbers:\n";
  for (const StateDescription &state : states) {
    os << " *   " << kinds[state.kind] << ' ' << getCommentText(state.name)
       << ": " << tenon_dtype_name(state.dtype) << " [";
    llvm::ListSeparator separator;
    for (auto [dim, capacity] : llvm::zip_equal(state.dims, state.capacity)) {
      os << separator << getCommentText(dim.text);
      if (!dim.isConstant())
        os << " <= " << capacity;
    }
    os << "]\n";
  }
  os << " *\n";
}

static void writeBorder(raw_ostream &os, const ModelDescription &model) {
  os << "typedef tenon_context " << model.name << "_context;\n\n";
  os << "/* The model's descriptor, for the generic calls of tenon-rt/tenon.h. "
        "*/\nextern const tenon_model "
     << model.getDescriptorSymbol() << ";\n\n";
  os << "/* Makes a context; NULL options are the defaults. Returns NULL and "
        "fills *error when it cannot. */\n";
  os << model.name << "_context *" << model.name
     << "_open(const tenon_options *options, tenon_error *error);\n\n";
  os << "/* Frees a context; NULL is allowed. */\nvoid " << model.name
     << "_close(" << model.name << "_context *context);\n\n";
}

void tenon::writeHeader(raw_ostream &os, const ModelDescription &model) {
  std::vector<std::string> entries = model.getEntryNames();
  std::vector<FunctionWriter> writers;
  for (auto [number, entry] : llvm::enumerate(entries))
    writers.emplace_back(os, model, number, entry);
  std::string guard = "TENON_MODEL_" + model.name + "_H";
  os << "/* " << model.name << ".h - made by tenon " TENON_VERSION " from "
     << getCommentText(model.source) << "; do not edit.\n *\n";
  for (FunctionWriter &writer : writers)
    writer.writeDescription();
  describeStates(os, model.states);
  os << " * Link with " << model.name
     << "'s library, or with its object and libtenon-rt.a; both need -lm "
        "-lpthread.\n";
  os << " * tenon-rt/tenon.h explains contexts, errors and threads.\n *\n * "
        "Example:\n *\n";
  writers.front().writeExample();
  os << " */\n#ifndef " << guard << "\n#define " << guard
     << "\n\n#include \"tenon-rt/tenon.h\"\n\n#ifdef __cplusplus\nextern \"C\" "
        "{\n#endif\n\n";
  writeBorder(os, model);
  for (FunctionWriter &writer : writers)
    writer.writeDeclarations();
  os << "#ifdef __cplusplus\n} /* extern \"C\" */\n#endif\n\n#endif /* "
     << guard << " */\n";
}
