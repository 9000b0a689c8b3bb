//===- ListOperators.cpp - the operators of a model -----------------------===//

#include "../Ops/Table.h"
#include "Functions.h"
#include "GraphImporter.h"
#include "ModelFile.h"
#include "NodeDiagnostics.h"
#include "OnnxLibrary.h"
#include "tenon/ONNX/Import.h"
#include <map>
#include <tuple>

using namespace mlir;
using namespace tenon;

namespace {
/// Domain, operator, version.
using Key = std::tuple<std::string, std::string, int64_t>;

struct OperatorCounter {
  const onnx::ModelProto &model;
  std::map<Key, OperatorUse> uses;

  template <typename Nodes, typename Opsets>
  void count(const Nodes &nodes, const Opsets &opsets) {
    for (const onnx::NodeProto &node : nodes) {
      countNode(node, opsets);
      for (const onnx::AttributeProto &attribute : node.attribute())
        if (attribute.has_g())
          count(attribute.g().node(), opsets);
    }
  }

  template <typename Opsets>
  void countNode(const onnx::NodeProto &node, const Opsets &opsets) {
    if (findModelFunction(model, node))
      return; // its body is counted
    StringRef domain = getDomain(node);
    int64_t opset = 0;
    for (const onnx::OperatorSetIdProto &import : opsets)
      if (import.domain() == node.domain())
        opset = import.version();
    int64_t version =
        getSinceVersion(domain, node.op_type(), opset)
            .value_or(findRecordedVersion(domain, node.op_type(), opset));
    OperatorUse &use = uses[Key(domain, node.op_type(), version)];
    use.domain = domain;
    use.opType = node.op_type();
    use.version = version;
    use.isSupported = findOpRecord(domain, node.op_type(), version) ||
                      hasFunctionBody(domain, node.op_type(), opset);
    ++use.count;
  }
};
} // namespace

FailureOr<std::vector<OperatorUse>> tenon::listOperators(StringRef path,
                                                         MLIRContext &context) {
  FileDiagnostics atFile(&context, path);
  llvm::Expected<ModelFile> file = readModelFile(path);
  if (!file)
    return emitError(UnknownLoc::get(&context))
           << llvm::toString(file.takeError());
  OperatorCounter counter{file->proto, {}};
  counter.count(file->proto.graph().node(), file->proto.opset_import());
  for (const onnx::FunctionProto &function : file->proto.functions())
    counter.count(function.node(), function.opset_import());
  std::vector<OperatorUse> uses;
  for (auto &[key, use] : counter.uses)
    uses.push_back(use);
  return uses;
}
