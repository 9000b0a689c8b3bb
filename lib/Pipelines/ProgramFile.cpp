//===- ProgramFile.cpp - program.toml -------------------------------------===//

#include "tenon/Pipelines/ProgramFile.h"
#include "mlir/IR/Diagnostics.h"
#include "tenon/Pipelines/NamedModels.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Path.h"

// Debian's library has exceptions, which this compiler has not.
#define TOML_EXCEPTIONS 0
#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#include <toml++/toml.h>

using namespace mlir;
using namespace tenon;

namespace {
/// Reads tables whose keys are known, and says where something else stands.
class Reader {
public:
  Reader(StringRef path, MLIRContext &context)
      : path(path.str()), context(context) {}

  FailureOr<ProgramFile> read();

private:
  Location getLoc(const toml::source_position &position) {
    return FileLineColLoc::get(&context, path, position.line, position.column);
  }
  Location getLoc(const toml::node &node) {
    return getLoc(node.source().begin);
  }
  void checkKeys(const toml::table &table, StringRef what,
                 ArrayRef<StringRef> known);
  const toml::table *getTable(const toml::table &table, StringRef key);
  std::optional<std::string> getString(const toml::table &table, StringRef key);
  std::optional<int64_t> getSize(const toml::node &node, StringRef what);
  void readFunction(StringRef name, const toml::table &table);
  void readState(StringRef name, const toml::table &table);

  std::string path;
  MLIRContext &context;
  ProgramFile program;
  bool hasFailed = false;
};
} // namespace

/// In the order of the file: toml++ keeps tables sorted by key.
static SmallVector<std::pair<StringRef, const toml::node *>>
getEntries(const toml::table &table) {
  SmallVector<std::pair<StringRef, const toml::node *>> entries;
  for (const auto &[key, node] : table)
    entries.push_back({key.str(), &node});
  llvm::sort(entries, [](const auto &a, const auto &b) {
    return a.second->source().begin < b.second->source().begin;
  });
  return entries;
}

void Reader::checkKeys(const toml::table &table, StringRef what,
                       ArrayRef<StringRef> known) {
  for (const auto &[key, node] : table)
    if (!llvm::is_contained(known, StringRef(key.str()))) {
      emitError(getLoc(key.source().begin))
          << "expected " << llvm::join(known, ", ") << " in " << what
          << ", got '" << StringRef(key.str()) << "'";
      hasFailed = true;
    }
}

const toml::table *Reader::getTable(const toml::table &table, StringRef key) {
  const toml::node *node = table.get(std::string_view(key));
  if (!node || node->is_table())
    return node ? node->as_table() : nullptr;
  emitError(getLoc(*node)) << "expected a table for '" << key << "'";
  hasFailed = true;
  return nullptr;
}

std::optional<std::string> Reader::getString(const toml::table &table,
                                             StringRef key) {
  const toml::node *node = table.get(std::string_view(key));
  if (!node)
    return std::nullopt;
  if (node->is_string())
    return node->as_string()->get();
  emitError(getLoc(*node)) << "expected a string for '" << key << "'";
  hasFailed = true;
  return std::nullopt;
}

std::optional<int64_t> Reader::getSize(const toml::node &node, StringRef what) {
  const auto *number = node.as_integer();
  if (number && number->get() >= 0)
    return number->get();
  emitError(getLoc(node)) << "expected a size for " << what;
  hasFailed = true;
  return std::nullopt;
}

void Reader::readFunction(StringRef name, const toml::table &table) {
  checkKeys(table, "a function", {"model", "function", "dims", "values"});
  Location loc = getLoc(table);
  std::optional<std::string> model = getString(table, "model");
  if (!model) {
    emitError(loc) << "expected a model for function '" << name << "'";
    hasFailed = true;
    return;
  }
  SmallString<128> file(*model);
  if (!StringRef(*model).starts_with(namedModelPrefix) &&
      llvm::sys::path::is_relative(file)) {
    file = llvm::sys::path::parent_path(path);
    llvm::sys::path::append(file, *model);
  }
  ProgramFunction function{name.str(),
                           file.str().str(),
                           getString(table, "function").value_or(""),
                           {},
                           loc};
  if (const toml::table *dims = getTable(table, "dims"))
    for (auto [dim, node] : getEntries(*dims)) {
      // "*" says that calls decide, as they do where nothing is said
      if (node->is_string() && node->as_string()->get() == "*")
        continue;
      if (auto size =
              getSize(*node, ("dimension '" + dim + "', or \"*\"").str()))
        function.fixed.dims.push_back({dim.str(), *size});
    }
  if (const toml::table *values = getTable(table, "values"))
    for (auto [input, node] : getEntries(*values))
      if (auto value = getString(*values, input))
        function.fixed.values.push_back({input.str(), *value});
  program.functions.push_back(std::move(function));
}

void Reader::readState(StringRef name, const toml::table &table) {
  checkKeys(table, "a state", {"kind", "capacity"});
  ProgramState state{name.str(), getString(table, "kind"), {}, getLoc(table)};
  if (const toml::table *capacity = getTable(table, "capacity"))
    for (auto [dim, node] : getEntries(*capacity))
      if (auto size = getSize(*node, ("dimension '" + dim + "'").str()))
        state.capacity.push_back({dim.str(), *size});
  program.states.push_back(std::move(state));
}

FailureOr<ProgramFile> Reader::read() {
  toml::parse_result result = toml::parse_file(path);
  if (!result) {
    std::string_view what = result.error().description();
    return emitError(getLoc(result.error().source().begin))
           << StringRef(what.data(), what.size());
  }
  const toml::table &root = result.table();
  checkKeys(root, "a program", {"functions", "states"});
  const toml::table *functions = getTable(root, "functions");
  if (!functions || functions->empty())
    return emitError(getLoc(root)) << "expected [functions.NAME]";
  for (auto [name, node] : getEntries(*functions))
    if (const toml::table *table = getTable(*functions, name))
      readFunction(name, *table);
  if (const toml::table *states = getTable(root, "states"))
    for (auto [name, node] : getEntries(*states))
      if (const toml::table *table = getTable(*states, name))
        readState(name, *table);
  if (hasFailed)
    return failure();
  return std::move(program);
}

FailureOr<ProgramFile> tenon::readProgramFile(StringRef path,
                                              MLIRContext &context) {
  return Reader(path, context).read();
}
