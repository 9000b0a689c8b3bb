//===- GraphImporter.h - nodes into ops, in order ---------------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_GRAPHIMPORTER_H
#define TENON_LIB_ONNX_IMPORT_GRAPHIMPORTER_H

#include "ExternalData.h"
#include "UnsupportedOps.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "tenon/Dialect/Tenon/Transforms/EvaluateConstants.h"
#include "llvm/ADT/SetVector.h"
#include <map>
#include <onnx/onnx_pb.h>

namespace tenon {
struct OpRecord;

/// The names that nodes of one graph see. A graph inside a node sees those of
/// the graph around it, a function only its own.
struct Scope {
  const Scope *outer = nullptr;
  /// Version of each domain.
  llvm::StringMap<int64_t> opsets;
  /// Null values come from nodes that failed.
  llvm::StringMap<mlir::Value> values;
  /// Where the graph's nodes name their results, for diagnostics.
  llvm::StringMap<const onnx::NodeProto *> producers;
  /// Elements of values that dimension symbols are bound to, by position.
  llvm::DenseMap<std::pair<mlir::Value, int64_t>, mlir::AffineExpr> sizes;

  bool contains(llvm::StringRef name) const;
  mlir::Value lookup(llvm::StringRef name) const;
  const onnx::NodeProto *findProducer(llvm::StringRef name) const;
  std::optional<int64_t> getOpset(llvm::StringRef domain) const;
};

/// Turns the nodes of one model into ops. A node that fails leaves null values;
/// nodes that depend on them are skipped, so that each problem is reported once
/// and all are.
class GraphImporter {
public:
  GraphImporter(const onnx::ModelProto &model, ExternalData &externalData,
                const ConstantEvaluator &evaluator, mlir::OpBuilder builder);

  mlir::OpBuilder &getBuilder() { return builder; }

  /// The scope of the model's own graph; its inputs are defined by the caller.
  Scope makeModelScope() const;

  /// Imports initializers and nodes of `graph` at the insertion point, and
  /// returns its outputs. Fails after diagnostics.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  importGraph(const onnx::GraphProto &graph, Scope &scope);

  /// A graph attribute of the node that is being imported.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  importSubgraph(const onnx::GraphProto &graph, mlir::ValueRange arguments);

  mlir::ElementsAttr
  importTensor(llvm::StringRef name, const onnx::TensorProto &tensor,
               llvm::function_ref<mlir::InFlightDiagnostic()> emitError);

  /// `value` as a constant, if it follows from constants and known sizes; else
  /// itself. Fails after a diagnostic.
  mlir::FailureOr<mlir::Value> evaluate(mlir::Value value);

  /// The symbol of a size that a run finds out: element `position` of `value`,
  /// integers, in row-major order. `hint` may be its name. Null where the run
  /// cannot tell, because the number of elements is not known.
  mlir::AffineExpr bindSize(mlir::Value value, int64_t position,
                            llvm::StringRef hint, mlir::Location loc,
                            mlir::AffineExpr bound);

  /// The shapes that a loop carries, as far as an earlier import of it, inside
  /// of a body that is imported again, found out.
  llvm::SmallVector<llvm::SmallVector<mlir::AffineExpr>> &
  getCarriedShapes(const onnx::NodeProto &loop) {
    return carriedShapes[&loop];
  }

  /// Notes that an op cannot be imported without knowing `value`. Returns
  /// whether it follows from the model's inputs alone.
  bool noteValueNeeded(mlir::Value value);
  /// The arguments of `@main` that such values follow from.
  llvm::ArrayRef<unsigned> getArgumentsNeeded() const {
    return argumentsNeeded.getArrayRef();
  }

  /// Reports the operators for which there is no rule, with their nodes.
  mlir::LogicalResult reportUnsupported(mlir::Location loc) const {
    return unsupported.report(loc);
  }

private:
  using Values = llvm::SmallVector<mlir::Value>;

  mlir::LogicalResult importInitializers(const onnx::GraphProto &graph,
                                         Scope &scope);
  template <typename Nodes>
  mlir::LogicalResult importNodes(const Nodes &nodes, Scope &scope);
  mlir::FailureOr<Values> importNode(const onnx::NodeProto &node, Scope &scope);
  mlir::FailureOr<Values> lookUpOperands(const onnx::NodeProto &node,
                                         const Scope &scope, bool &skip);
  mlir::FailureOr<Values> applyRecord(const OpRecord &record,
                                      const onnx::NodeProto &node,
                                      int64_t version, Values operands,
                                      Scope &scope);
  mlir::FailureOr<Values> inlineFunction(onnx::FunctionProto function,
                                         const onnx::NodeProto &node,
                                         mlir::ValueRange operands);

  const onnx::ModelProto &model;
  ExternalData &externalData;
  const ConstantEvaluator &evaluator;
  mlir::OpBuilder builder;
  UnsupportedOps unsupported;
  /// The scope of the node that is being imported, and its location.
  Scope *currentScope = nullptr;
  unsigned functionDepth = 0;
  llvm::SmallSetVector<unsigned, 4> argumentsNeeded;
  std::map<const onnx::NodeProto *,
           llvm::SmallVector<llvm::SmallVector<mlir::AffineExpr>>>
      carriedShapes;
};

/// "node NAME (OP)"; unnamed nodes are called after their first result.
std::string describeNode(const onnx::NodeProto &node);

/// The node's own name, or else that of its first result.
llvm::StringRef getNodeName(const onnx::NodeProto &node);

/// The domain as the table has it: "" for "ai.onnx".
llvm::StringRef getDomain(const onnx::NodeProto &node);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_GRAPHIMPORTER_H
