//===- ExportContext.h - what an export function sees -----------*- C++ -*-===//
//
// An export function (named by an `Export` record of lib/ONNX/Ops) writes one
// op as ONNX nodes:
//
//   LogicalResult tenon::exportCast(ExportContext &context, Operation *op) {
//     auto &node = context.addNode("Cast", op);
//     context.setInt(node, "to", getDataType(cast<CastOp>(op).getTo()));
//     return success();
//   }
//
//===----------------------------------------------------------------------===//
#ifndef TENON_LIB_ONNX_EXPORT_EXPORTCONTEXT_H
#define TENON_LIB_ONNX_EXPORT_EXPORTCONTEXT_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "llvm/ADT/StringSet.h"
#include <onnx/onnx_pb.h>

namespace tenon {

/// An input of a body that the region of the op has not.
struct GraphInput {
  unsigned index;
  mlir::RankedTensorType type;
};

class ExportContext {
public:
  /// Newest opset whose operators every runtime of the last years has.
  static constexpr int64_t opset = 18;

  ExportContext(mlir::func::FuncOp function, onnx::GraphProto &graph);

  //===--- Values ---------------------------------------------------------===//

  /// The name of `value` in the graph; "" for null.
  std::string getName(mlir::Value value);
  void setName(mlir::Value value, std::string name);

  /// `hint`, or with a number where another value has that name.
  std::string makeName(llvm::StringRef hint);

  //===--- Nodes ----------------------------------------------------------===//

  /// A node with `op`'s operands, results and location.
  onnx::NodeProto &addNode(llvm::StringRef opType, mlir::Operation *op);

  /// A node with `op`'s results and location on other inputs.
  onnx::NodeProto &addNode(llvm::StringRef opType, mlir::Operation *op,
                           llvm::ArrayRef<std::string> inputs);

  /// A node whose one result has a new name, which is returned.
  std::string addValue(llvm::StringRef opType,
                       llvm::ArrayRef<std::string> inputs,
                       onnx::NodeProto **node = nullptr);

  static void setInt(onnx::NodeProto &node, llvm::StringRef name,
                     int64_t value);
  static void setFloat(onnx::NodeProto &node, llvm::StringRef name,
                       float value);
  static void setInts(onnx::NodeProto &node, llvm::StringRef name,
                      llvm::ArrayRef<int64_t> values);
  static void setText(onnx::NodeProto &node, llvm::StringRef name,
                      llvm::StringRef value);

  /// Writes a region as an attribute of `node`: what it yields are the graph's
  /// outputs. `more` inputs are put among its arguments.
  mlir::LogicalResult addGraph(onnx::NodeProto &node, llvm::StringRef name,
                               mlir::Region &region,
                               llvm::ArrayRef<GraphInput> more);

  /// Writes all ops of a block but its terminator.
  mlir::LogicalResult exportOps(mlir::Block &block);

  //===--- Constants and shapes -------------------------------------------===//

  /// An initializer; bytes of resources are copied.
  mlir::LogicalResult addInitializer(llvm::StringRef name,
                                     mlir::ElementsAttr value,
                                     mlir::Location loc);
  std::string addInts(llvm::ArrayRef<int64_t> values);
  std::string addFloats(llvm::ArrayRef<float> values);
  std::string addScalar(mlir::Type elementType, double value);

  /// A tensor of i64 with these elements, computed from the shapes of the
  /// graph's inputs where they are not constant.
  std::string addShape(llvm::ArrayRef<mlir::AffineExpr> dims);

  /// Says which tensor of one i64 has the symbol's value.
  void bindDim(mlir::AffineExpr symbol, std::string name) {
    dims[symbol] = std::move(name);
  }

private:
  std::string addDim(mlir::AffineExpr dim);
  std::string addSymbol(mlir::AffineSymbolExpr symbol);

  mlir::func::FuncOp function;
  onnx::GraphProto *graph;
  llvm::DenseMap<mlir::Value, std::string> names;
  llvm::StringSet<> taken;
  /// Nodes have names of their own, which ONNX Runtime wants to be unique.
  llvm::StringSet<> takenByNodes;
  llvm::DenseMap<mlir::AffineExpr, std::string> dims;
};

/// An attribute of the node called `name`.
inline onnx::AttributeProto &
addAttribute(onnx::NodeProto &node, llvm::StringRef name,
             onnx::AttributeProto::AttributeType type) {
  onnx::AttributeProto &attribute = *node.add_attribute();
  attribute.set_name(name.str());
  attribute.set_type(type);
  return attribute;
}

} // namespace tenon

#endif // TENON_LIB_ONNX_EXPORT_EXPORTCONTEXT_H
