//===- OnnxNode.h - what an import function sees ----------------*- C++ -*-===//
//
// An import function (named by an `Import` rule of lib/ONNX/Ops) turns one node
// into ops:
//
//   LogicalResult tenon::importGelu(OnnxNode &node) {
//     Value x = node.getOperand(0);
//     if (node.getText("approximate", "none") == "tanh")
//       return node.setResult(node.create<GeluTanhOp>(x));
//     return node.setResult(node.create<GeluOp>(x));
//   }
//
// Before a rule runs, the node has been checked against its operator's schema:
// inputs that are not optional are there, have element types that the operator
// takes, and attributes have their types. All operands are ranked tensors of
// known sizes. Once something failed, with a diagnostic, the node says nothing
// more: values that `create` yields are poison (Poison.h), ops of several
// results null, and `setResults` is a failure. So a rule may go on to its end.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_LIB_ONNX_IMPORT_ONNXNODE_H
#define TENON_LIB_ONNX_IMPORT_ONNXNODE_H

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/Poison.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"

namespace onnx {
class AttributeProto;
class NodeProto;
} // namespace onnx

namespace tenon {
class GraphImporter;
struct AttributeRecord;

class OnnxNode {
public:
  OnnxNode(GraphImporter &importer, const onnx::NodeProto &proto,
           int64_t version, mlir::Location loc,
           llvm::SmallVector<mlir::Value> operands);

  mlir::MLIRContext *getContext() const { return loc.getContext(); }
  mlir::Location getLoc() const { return loc; }
  mlir::OpBuilder &getBuilder();

  llvm::StringRef getOpType() const;

  /// The version at which ONNX last changed this operator.
  int64_t getVersion() const { return version; }

  //===--- Operands -------------------------------------------------------===//

  /// Trailing absent inputs don't count.
  unsigned getNumOperands() const { return operands.size(); }
  llvm::ArrayRef<mlir::Value> getOperands() const { return operands; }

  /// Null where the input is absent.
  mlir::Value getOperand(unsigned index) const;
  mlir::RankedTensorType getOperandType(unsigned index) const;
  int64_t getOperandRank(unsigned index) const;

  /// Makes an operand that is not known, but follows from constants and known
  /// sizes, a constant. Fails after a diagnostic of what computes it.
  mlir::LogicalResult evaluateOperand(unsigned index);

  /// Says that an operand has to be known for the node to be imported, and
  /// notes the model's inputs that it follows from.
  mlir::LogicalResult emitValueNeeded(unsigned index, llvm::StringRef what);
  /// Notes that the value of operand `index` would have helped, for an error
  /// that says what it is about.
  void noteValueNeeded(unsigned index);

  /// The elements of an integer operand as expressions over the dimension
  /// symbols: what shape arithmetic yields, and sizes of 0 or more that a run
  /// finds out. `what` names the operand, e.g. "shape".
  mlir::FailureOr<llvm::SmallVector<mlir::AffineExpr>>
  getShapeOperand(unsigned index, llvm::StringRef what);

  /// The same with null for what a run finds out.
  mlir::FailureOr<llvm::SmallVector<mlir::AffineExpr>>
  getPartialOperand(unsigned index, llvm::StringRef what);

  /// The elements of a tensor of i64, none of which is negative, as sizes:
  /// those that are not known are read when the run has them.
  llvm::SmallVector<mlir::AffineExpr> getSizes(mlir::Value value,
                                               mlir::AffineExpr bound = {});

  /// The elements of an integer operand that must be constant.
  mlir::FailureOr<llvm::SmallVector<int64_t>>
  getIntOperand(unsigned index, llvm::StringRef what);

  /// The one element of an operand.
  mlir::FailureOr<mlir::AffineExpr> getShapeScalar(unsigned index,
                                                   llvm::StringRef what);
  mlir::FailureOr<int64_t> getIntScalar(unsigned index, llvm::StringRef what);
  /// A symbol of its own for a size that a run has in `value`, a scalar of i64.
  mlir::AffineExpr bindSize(mlir::Value value);

  /// What is known of the shapes that the node, a loop, carries from earlier
  /// imports of it.
  llvm::SmallVector<llvm::SmallVector<mlir::AffineExpr>> &getCarriedShapes();

  //===--- Attributes -----------------------------------------------------===//

  bool hasAttribute(llvm::StringRef name) const;
  int64_t getInt(llvm::StringRef name, int64_t defaultValue) const;
  double getFloat(llvm::StringRef name, double defaultValue) const;
  llvm::StringRef getText(llvm::StringRef name,
                          llvm::StringRef defaultValue) const;
  std::optional<llvm::SmallVector<int64_t>> getInts(llvm::StringRef name) const;
  std::optional<llvm::SmallVector<double>>
  getFloats(llvm::StringRef name) const;
  llvm::SmallVector<llvm::StringRef> getTexts(llvm::StringRef name) const;

  /// A tensor attribute; null where absent, or after a diagnostic.
  mlir::ElementsAttr getTensor(llvm::StringRef name);

  /// The element type that an attribute like Cast's `to` names; null after a
  /// diagnostic.
  mlir::Type getElementTypeAttribute(llvm::StringRef name);

  /// `axis` as a dimension of a tensor of `rank`: negative ones count from the
  /// end. `axis == rank` is in range where `allowEnd`.
  mlir::FailureOr<int64_t> normalizeAxis(int64_t axis, int64_t rank,
                                         bool allowEnd = false);
  mlir::FailureOr<llvm::SmallVector<int64_t>>
  normalizeAxes(llvm::ArrayRef<int64_t> axes, int64_t rank);

  /// Axes from operand `index`, where it is there, or else from attribute
  /// `name`, as operators have them that changed from one to the other;
  /// normalized. Nullopt where there is neither.
  mlir::FailureOr<std::optional<llvm::SmallVector<int64_t>>>
  getAxes(unsigned index, llvm::StringRef name, int64_t rank);

  //===--- Creation -------------------------------------------------------===//

  /// Creates an op: result types first where they are not inferred, then
  /// operands and attributes. Yields its value, or the op when it has several.
  template <typename OpTy, typename... Args> auto create(Args &&...args) {
    if constexpr (OpTy::template hasTrait<mlir::OpTrait::OneResult>()) {
      return createOrPoison<OpTy>(getBuilder(), loc, hadError,
                                  std::forward<Args>(args)...)
          .front();
    } else {
      OpTy op;
      if (!hadError)
        op = tryCreate<OpTy>(getBuilder(), loc, std::forward<Args>(args)...);
      hadError |= !op;
      return op;
    }
  }

  /// Creates the op of the table's name; null after a diagnostic.
  mlir::Operation *create(llvm::StringRef mnemonic, mlir::ValueRange operands,
                          llvm::ArrayRef<mlir::NamedAttribute> attributes = {});

  /// Attributes as the table says.
  mlir::FailureOr<llvm::SmallVector<mlir::NamedAttribute>>
  convertAttributes(llvm::ArrayRef<AttributeRecord> records);

  /// The value of a builder that diagnoses by itself.
  mlir::Value take(mlir::FailureOr<mlir::Value> built) {
    hadError |= mlir::failed(built);
    return mlir::succeeded(built) ? *built : createPoison(getBuilder(), loc);
  }

  mlir::Value createConstant(mlir::ElementsAttr value);
  mlir::Value createInts(llvm::ArrayRef<int64_t> values);
  /// A scalar; diagnoses types that are neither floats nor integers.
  mlir::Value createScalar(mlir::Type elementType, double value);
  /// `value` with elements of `elementType`; null for null.
  mlir::Value castTo(mlir::Value value, mlir::Type elementType);
  /// `value` in f32 where its elements are smaller floats: powers and long sums
  /// of these overflow where the node's result does not.
  mlir::Value widenFloats(mlir::Value value);
  /// `value + bias`, where the bias has to broadcast to the value.
  mlir::Value addBias(mlir::Value value, mlir::Value bias);
  mlir::Value createReshape(mlir::Value value,
                            llvm::ArrayRef<mlir::AffineExpr> dims);

  //===--- Results --------------------------------------------------------===//

  unsigned getNumResults() const;
  /// The name of a result in the model; empty where nobody uses it.
  llvm::StringRef getResultName(unsigned index) const;
  /// Whether the model uses the name of result `index`.
  bool wantsResult(unsigned index) const;
  mlir::LogicalResult setResult(mlir::Value value);
  /// Results by position. To use one that is left out is an error of the node
  /// that does.
  mlir::LogicalResult setResults(mlir::ValueRange values);
  llvm::ArrayRef<mlir::Value> getResults() const { return results; }

  //===--- Subgraphs ------------------------------------------------------===//

  unsigned getNumSubgraphInputs(llvm::StringRef attribute) const;

  /// Imports the graph in `attribute` at the builder's insertion point with
  /// `arguments` as its inputs. Names of the outer graphs are visible in it.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>>
  importSubgraph(llvm::StringRef attribute, mlir::ValueRange arguments);

  //===--- Errors ---------------------------------------------------------===//

  /// "node NAME (OP): " is put before the message by the importer. Nothing
  /// where the node has failed before.
  mlir::InFlightDiagnostic emitError();
  bool hasFailed() const { return hadError; }

private:
  friend class NodeComposer;
  const onnx::AttributeProto *findAttribute(llvm::StringRef name) const;

  GraphImporter &importer;
  const onnx::NodeProto &proto;
  int64_t version;
  mlir::Location loc;
  llvm::SmallVector<mlir::Value> operands;
  llvm::SmallVector<mlir::Value> results;
  bool hadError = false;
};

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_ONNXNODE_H
