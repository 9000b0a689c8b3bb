//===- tenon-tblgen.cpp - code and a page from the table of ONNX ops ------===//
//
// Reads lib/ONNX/Ops/*.td (the language is described in OnnxTable.td).
//
//===----------------------------------------------------------------------===//

#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/TableGen/Error.h"
#include "llvm/TableGen/Main.h"
#include "llvm/TableGen/Record.h"
#include "llvm/TableGen/TableGenBackend.h"

#include <map>
#include <tuple>

using namespace llvm;

enum class Action { Table, Page };

static cl::opt<Action> action(
    cl::desc("what to make:"),
    cl::values(clEnumValN(Action::Table, "gen-onnx-table", "C++ records"),
               clEnumValN(Action::Page, "gen-onnx-page", "SupportedOps.md")),
    cl::init(Action::Table));

static std::string quote(StringRef text) {
  std::string quoted;
  raw_string_ostream os(quoted);
  os << '"';
  os.write_escaped(text);
  os << '"';
  return quoted;
}

/// Import rules of the table, by name and first version, so that what is made
/// does not depend on the order of files.
static std::vector<const Record *> getSortedOps(const RecordKeeper &records) {
  std::vector<const Record *> ops(records.getAllDerivedDefinitions("Onnx"));
  llvm::sort(ops, [](const Record *a, const Record *b) {
    auto key = [](const Record *record) {
      return std::tuple(record->getValueAsString("domain"),
                        record->getValueAsString("opType"),
                        record->getValueAsListOfInts("versions").front());
    };
    return key(a) < key(b);
  });
  return ops;
}

/// Two rules for one version of an operator contradict each other.
static bool diagnoseOverlaps(ArrayRef<const Record *> ops) {
  std::map<std::tuple<StringRef, StringRef, int64_t>, const Record *> rules;
  bool overlaps = false;
  for (const Record *op : ops)
    for (int64_t version : op->getValueAsListOfInts("versions")) {
      StringRef name = op->getValueAsString("opType");
      std::tuple key(op->getValueAsString("domain"), name, version);
      auto [first, isNew] = rules.try_emplace(key, op);
      if (isNew)
        continue;
      PrintError(op->getLoc(), "expected one rule for version " +
                                   Twine(version) + " of " + name +
                                   ", got another");
      PrintNote(first->second->getLoc(), "the first rule is here");
      overlaps = true;
    }
  return overlaps;
}

//===----------------------------------------------------------------------===//
// C++ records
//===----------------------------------------------------------------------===//

static void emitFunctionDeclarations(const RecordKeeper &records,
                                     raw_ostream &os) {
  SetVector<StringRef> imports, exports;
  for (const Record *rule : records.getAllDerivedDefinitions("Import"))
    imports.insert(rule->getValueAsString("function"));
  for (const Record *rule : records.getAllDerivedDefinitions("Export"))
    exports.insert(rule->getValueAsString("function"));
  os << "#ifdef GET_IMPORT_FUNCTIONS\n#undef GET_IMPORT_FUNCTIONS\n";
  for (StringRef function : imports)
    os << "llvm::LogicalResult " << function << "(OnnxNode &node);\n";
  os << "#endif\n#ifdef GET_EXPORT_FUNCTIONS\n#undef GET_EXPORT_FUNCTIONS\n";
  for (StringRef function : exports)
    os << "llvm::LogicalResult " << function
       << "(ExportContext &context, mlir::Operation *op);\n";
  os << "#endif\n";
}

static void emitAttributes(const Record *rule, StringRef name,
                           raw_ostream &os) {
  os << "static constexpr AttributeRecord " << name << "Attributes[] = {";
  for (const Record *attribute : rule->getValueAsListOfDefs("attributes"))
    os << "{AttributeRecord::" << attribute->getValueAsString("kind") << ", "
       << quote(attribute->getValueAsString("onnxName")) << ", "
       << quote(attribute->getValueAsString("tenonName")) << ", "
       << quote(attribute->getValueAsString("defaultText")) << "}, ";
  os << "};\n";
}

/// The initializer of `rule` in an OpRecord; what does not apply is empty.
static std::string getRuleInitializer(const Record *rule, StringRef name) {
  if (rule->isSubClassOf("Op")) {
    bool hasAttributes = !rule->getValueAsListOfDefs("attributes").empty();
    return "OpRecord::Op, " + quote(rule->getValueAsString("mnemonic")) + ", " +
           (hasAttributes ? (name + "Attributes").str() : "{}") +
           ", nullptr, \"\"";
  }
  if (rule->isSubClassOf("Fold"))
    return "OpRecord::Fold, " + quote(rule->getValueAsString("mnemonic")) +
           ", {}, nullptr, \"\"";
  if (rule->isSubClassOf("Import"))
    return ("OpRecord::Import, \"\", {}, TENON_IMPORT_FUNCTION(" +
            rule->getValueAsString("function") + "), \"\"")
        .str();
  return "OpRecord::Sugar, \"\", {}, nullptr, " +
         ("R\"onnx(" + rule->getValueAsString("text") + ")onnx\"").str();
}

static void emitRecords(ArrayRef<const Record *> ops, raw_ostream &os) {
  os << "#ifdef GET_ONNX_RECORDS\n#undef GET_ONNX_RECORDS\n";
  std::string list;
  raw_string_ostream listStream(list);
  for (auto [index, op] : enumerate(ops)) {
    std::string name = "op" + std::to_string(index);
    std::vector<int64_t> versions = op->getValueAsListOfInts("versions");
    const Record *rule = op->getValueAsDef("rule");
    os << "static constexpr int " << name << "Versions[] = {"
       << join(map_range(versions, [](int64_t v) { return std::to_string(v); }),
               ", ")
       << "};\n";
    if (rule->isSubClassOf("Op") &&
        !rule->getValueAsListOfDefs("attributes").empty())
      emitAttributes(rule, name, os);
    listStream << "  {" << quote(op->getValueAsString("domain")) << ", "
               << quote(op->getValueAsString("opType")) << ", " << name
               << "Versions, " << getRuleInitializer(rule, name) << "},\n";
  }
  os << "static constexpr OpRecord opRecords[] = {\n" << list << "};\n#endif\n";
}

static void emitExports(const RecordKeeper &records, raw_ostream &os) {
  os << "#ifdef GET_EXPORT_RECORDS\n#undef GET_EXPORT_RECORDS\n"
        "static constexpr ExportRecord exportRecords[] = {\n";
  for (const Record *record : records.getAllDerivedDefinitions("Export"))
    os << "  {" << quote(record->getValueAsString("mnemonic")) << ", "
       << record->getValueAsString("function") << "},\n";
  // a C++ array has at least one element
  os << "  {\"\", nullptr},\n};\n#endif\n";
}

//===----------------------------------------------------------------------===//
// The page
//===----------------------------------------------------------------------===//

static std::string describeRule(const Record *rule) {
  if (rule->isSubClassOf("Op"))
    return ("`tenon." + rule->getValueAsString("mnemonic") + "`").str();
  if (rule->isSubClassOf("Fold"))
    return ("`tenon." + rule->getValueAsString("mnemonic") +
            "` over all operands")
        .str();
  if (rule->isSubClassOf("Sugar"))
    return "a function of other operators";
  return "several ops";
}

static void emitPage(ArrayRef<const Record *> ops, raw_ostream &os) {
  os << "# Supported ONNX operators\n\nMade from `lib/ONNX/Ops`. Versions are "
        "those at which ONNX changed the operator. Operators that ONNX or the "
        "model defines as functions of these work too.\n\n"
        "| domain | operator | versions | becomes |\n|---|---|---|---|\n";
  for (const Record *op : ops) {
    StringRef domain = op->getValueAsString("domain");
    std::vector<int64_t> versions = op->getValueAsListOfInts("versions");
    os << "| " << (domain.empty() ? "ai.onnx" : domain) << " | "
       << op->getValueAsString("opType") << " | "
       << join(map_range(versions, [](int64_t v) { return std::to_string(v); }),
               ", ")
       << " | " << describeRule(op->getValueAsDef("rule")) << " |\n";
  }
}

static bool run(raw_ostream &os, const RecordKeeper &records) {
  std::vector<const Record *> ops = getSortedOps(records);
  if (diagnoseOverlaps(ops))
    return true;
  if (action == Action::Page) {
    emitPage(ops, os);
    return false;
  }
  emitSourceFileHeader("Table of ONNX operators", os, records);
  emitFunctionDeclarations(records, os);
  emitRecords(ops, os);
  emitExports(records, os);
  return false;
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::ParseCommandLineOptions(argc, argv);
  return TableGenMain(argv[0], run);
}
