//===- PrintInspection.cpp - the report of tenon inspect for people -------===//

#include "tenon/Driver/Inspect.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace tenon;

static std::string getText(const json::Value &value) {
  if (std::optional<StringRef> text = value.getAsString())
    return text->str();
  if (std::optional<int64_t> number = value.getAsInteger())
    return std::to_string(*number);
  std::string list;
  ListSeparator separator;
  if (const json::Array *array = value.getAsArray())
    for (const json::Value &element : *array)
      list += (StringRef(separator) + getText(element)).str();
  return list;
}

static void printScalars(raw_ostream &os, const json::Object &report) {
  for (StringRef key : {"name", "producer", "target", "cpu_features", "symbols",
                        "parameters", "weight_bytes", "weights_file", "flops",
                        "flops_unknown", "arena_bytes", "live_bytes", "gpus"})
    if (const json::Value *value = report.get(key))
      if (std::string text = getText(*value); !text.empty())
        os << left_justify(key, 14) << text << '\n';
}

static void printValues(raw_ostream &os, const json::Object &report,
                        StringRef key, StringRef role) {
  const json::Array *values = report.getArray(key);
  for (const json::Value &value : values ? *values : json::Array()) {
    const json::Object &fields = *value.getAsObject();
    StringRef kind = fields.getString("kind").value_or("");
    os << left_justify(role, 14) << fields.getString("name").value_or("")
       << ": " << kind << (kind.empty() ? "" : " ")
       << fields.getString("dtype").value_or("") << " ["
       << getText(*fields.get("shape")) << ']';
    if (const json::Value *capacity = fields.get("capacity");
        capacity && *capacity != *fields.get("shape"))
      os << " up to [" << getText(*capacity) << ']';
    if (fields.getBoolean("updated_in_place").value_or(false))
      os << ", updated in place";
    os << '\n';
  }
}

/// Of a model with several.
static void printFunctions(raw_ostream &os, const json::Object &report) {
  const json::Array *functions = report.getArray("functions");
  for (const json::Value &value : functions ? *functions : json::Array()) {
    const json::Object &fields = *value.getAsObject();
    os << left_justify("function", 14) << fields.getString("name").value_or("")
       << '\n';
    printValues(os, fields, "inputs", "  input");
    printValues(os, fields, "outputs", "  output");
    for (StringRef key : {"arena_bytes", "live_bytes"})
      if (std::optional<int64_t> bytes = fields.getInteger(key))
        os << "  " << left_justify(key, 12) << *bytes << '\n';
  }
}

static void printOperators(raw_ostream &os, const json::Object &report) {
  const json::Array *operators = report.getArray("operators");
  if (!operators)
    return;
  os << "operators\n";
  for (const json::Value &value : *operators) {
    const json::Object &fields = *value.getAsObject();
    os << "  " << left_justify(fields.getString("name").value_or(""), 28)
       << format("%6d", int(fields.getInteger("count").value_or(0)))
       << (fields.getBoolean("supported").value_or(false) ? ""
                                                          : "  not supported")
       << '\n';
  }
}

void tenon::printInspection(raw_ostream &os, const json::Object &report) {
  printScalars(os, report);
  printValues(os, report, "inputs", "input");
  printValues(os, report, "outputs", "output");
  printFunctions(os, report);
  printValues(os, report, "parameter_list", "parameter");
  printValues(os, report, "state_list", "state");
  printOperators(os, report);
}
