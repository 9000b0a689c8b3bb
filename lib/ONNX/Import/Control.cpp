//===- Control.cpp - If, and what it shares with loops --------------------===//

#include "Control.h"
#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"

using namespace mlir;
using namespace tenon;

Block *tenon::createBlock(OnnxNode &node, Region &region, TypeRange types) {
  SmallVector<Location> locs(types.size(), node.getLoc());
  return node.getBuilder().createBlock(&region, region.end(), types, locs);
}

std::optional<bool> tenon::getKnownCondition(Value condition) {
  std::optional<SmallVector<AffineExpr>> elements =
      condition ? getSymbolicElements(condition) : std::nullopt;
  if (!elements || elements->size() != 1 || !elements->front())
    return std::nullopt;
  std::optional<int64_t> constant = getConstantDim(elements->front());
  return constant ? std::optional(*constant != 0) : std::nullopt;
}

//===----------------------------------------------------------------------===//
// Sizes that branches and rounds find out
//===----------------------------------------------------------------------===//

Shape tenon::getShape(Value value) { return getDims(getTensorTypeOf(value)); }

Type tenon::getType(const Shape &shape, Value like) {
  return getTensorType(shape, getTensorTypeOf(like).getElementType());
}

bool tenon::haveEqualRanksAndElements(Value a, Value b) {
  RankedTensorType first = getTensorTypeOf(a), second = getTensorTypeOf(b);
  return first.getRank() == second.getRank() &&
         first.getElementType() == second.getElementType();
}

bool tenon::join(Shape &shape, ArrayRef<AffineExpr> other) {
  bool changed = false;
  for (auto [dim, otherDim] : llvm::zip_equal(shape, other))
    if (dim && dim != otherDim) {
      dim = {};
      changed = true;
    }
  return changed;
}

void tenon::appendSizes(OnnxNode &node, Value value, const Shape &shape,
                        SmallVectorImpl<Value> &sizes) {
  NodeComposer c(node);
  for (auto [known, dim] : llvm::zip_equal(shape, getShape(value)))
    if (!known)
      sizes.push_back(c.sizeOf(dim, c.getI64Type()));
}

Value tenon::refine(OnnxNode &node, Value value, Shape shape,
                    ValueRange &sizes) {
  for (AffineExpr &dim : shape)
    if (!dim) {
      dim = node.bindSize(sizes.front());
      sizes = sizes.drop_front();
    }
  Type type = getType(shape, value);
  return type == value.getType() ? value : node.create<ReshapeOp>(type, value);
}

//===----------------------------------------------------------------------===//
// If
//===----------------------------------------------------------------------===//

/// The results of a known condition's branch.
static LogicalResult importBranch(OnnxNode &node, StringRef branch) {
  FailureOr<SmallVector<Value>> results = node.importSubgraph(branch, {});
  return failed(results) ? failure() : node.setResults(*results);
}

/// What values that come from either branch have in common.
static FailureOr<SmallVector<Shape>>
joinShapes(OnnxNode &node, ArrayRef<Value> onTrue, ArrayRef<Value> onFalse) {
  if (onTrue.size() != onFalse.size())
    return node.emitError() << "expected branches of equally many results, got "
                            << onTrue.size() << " and " << onFalse.size();
  SmallVector<Shape> shapes;
  for (auto [a, b] : llvm::zip_equal(onTrue, onFalse)) {
    if (!haveEqualRanksAndElements(a, b)) {
      node.noteValueNeeded(0);
      return node.emitError() << "expected branches of equal ranks and element "
                                 "types, got "
                              << a.getType() << " and " << b.getType();
    }
    shapes.push_back(getShape(a));
    join(shapes.back(), getShape(b));
  }
  return shapes;
}

LogicalResult tenon::importIf(OnnxNode &node) {
  Value condition = node.getOperand(0);
  if (std::optional<bool> known = getKnownCondition(condition))
    return importBranch(node, *known ? "then_branch" : "else_branch");
  OperationState state(node.getLoc(), IfOp::getOperationName());
  state.addOperands(condition);
  OpBuilder &builder = node.getBuilder();
  SmallVector<Value> results[2];
  Block *blocks[2];
  for (unsigned i : {0, 1}) {
    OpBuilder::InsertionGuard guard(builder);
    blocks[i] = createBlock(node, *state.addRegion(), {});
    FailureOr<SmallVector<Value>> imported =
        node.importSubgraph(i == 0 ? "then_branch" : "else_branch", {});
    if (failed(imported))
      return failure();
    results[i] = *imported;
  }
  FailureOr<SmallVector<Shape>> shapes =
      joinShapes(node, results[0], results[1]);
  if (failed(shapes))
    return failure();
  size_t count = shapes->size();
  for (auto [values, shape] : llvm::zip_equal(results[0], *shapes))
    state.addTypes(getType(shape, values));
  for (unsigned i : {0, 1}) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToEnd(blocks[i]);
    SmallVector<Value> yielded(results[i]);
    for (auto [value, shape] : llvm::zip_equal(results[i], *shapes))
      appendSizes(node, value, shape, yielded);
    YieldOp::create(builder, node.getLoc(), yielded);
    state.types.resize(yielded.size(),
                       RankedTensorType::get({}, builder.getI64Type()));
  }
  Operation *op = tryCreateTyped(builder, state);
  if (!op)
    return failure();
  ValueRange sizes = op->getResults().drop_front(count);
  SmallVector<Value> refined;
  for (auto [value, shape] :
       llvm::zip_equal(op->getResults().take_front(count), *shapes))
    refined.push_back(refine(node, value, shape, sizes));
  return node.setResults(refined);
}
