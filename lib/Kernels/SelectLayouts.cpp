//===- SelectLayouts.cpp - as few bytes transposed as can be --------------===//

#include "LayoutGraph.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Kernels/AssumedSizes.h"
#include "tenon/Kernels/LayoutRules.h"
#include "tenon/Kernels/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_SELECTLAYOUTSPASS
#include "tenon/Kernels/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

static RankedTensorType getType(Value value) {
  return cast<RankedTensorType>(value.getType());
}

/// `value`, which is one of type `type` in the layout `has`, in the layout
/// `wanted`.
static Value convert(OpBuilder &builder, Location loc, Value value,
                     RankedTensorType type, LayoutRef has, LayoutRef wanted) {
  auto view = [&](LayoutRef layout) {
    RankedTensorType viewed = getStoredType(type, layout);
    if (viewed != value.getType())
      value = ReshapeOp::create(builder, loc, viewed, value);
  };
  if (getOrder(type, has) == getOrder(type, wanted)) {
    view(wanted);
    return value;
  }
  Layout extended = extend(has, wanted.size());
  view(extended);
  return TransposeOp::create(builder, loc, value,
                             permute<int64_t>(invert(extended), wanted));
}

/// Where to transpose a value of `block` for `user`: in the branch that reads
/// it, but not in each round of a loop, whose region has arguments.
static Block *getHome(Operation *user, Block *block) {
  Block *home = user->getBlock();
  for (Block *at = home; at != block; at = at->getParentOp()->getBlock())
    if (at->getNumArguments() > 0)
      home = at->getParentOp()->getBlock();
  return home;
}

namespace {
/// Gives the ops of a graph their layouts, and transposes what is read in
/// another one than it has.
class LayoutWriter {
public:
  explicit LayoutWriter(const LayoutGraph &graph) : graph(graph) {}

  void rewrite(Operation *op);
  void eraseWhatIsReplaced();

private:
  struct Form {
    Layout layout;
    Value value;
    /// Where it is known.
    Block *block;
  };

  /// `source` for `operand`'s owner, transposed before the first such use.
  Value get(Value source, LayoutRef wanted, OpOperand &operand);

  const LayoutGraph &graph;
  /// The layouts in which a value exists; first the one it is computed in.
  DenseMap<Value, SmallVector<Form, 1>> forms;
  SmallVector<Operation *> replaced;
};
} // namespace

Value LayoutWriter::get(Value source, LayoutRef wanted, OpOperand &operand) {
  SmallVector<Form, 1> &known = forms[source];
  Block *block = source.getParentBlock();
  if (known.empty())
    known.push_back({getModelLayout(getType(source).getRank()), source, block});
  Operation *user = operand.getOwner();
  for (const Form &form : known)
    if (form.layout == wanted && form.block->findAncestorOpInBlock(*user))
      return form.value;
  Block *home = getHome(user, block);
  OpBuilder builder(home->findAncestorOpInBlock(*user));
  Operation *model = operand.get().getDefiningOp<TransposeOp>();
  Value value =
      convert(builder, model ? model->getLoc() : user->getLoc(), known[0].value,
              getType(source), known[0].layout, wanted);
  known.push_back({Layout(wanted), value, home});
  return value;
}

void LayoutWriter::rewrite(Operation *op) {
  if (isa<TransposeOp>(op)) {
    replaced.push_back(op);
    return;
  }
  SmallVector<Layout> layouts = graph.getLayouts(op);
  bool isModel = llvm::all_of(
      layouts, [](const Layout &layout) { return isModelLayout(layout); });
  SmallVector<Value> operands(op->getOperands());
  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<RankedTensorType>(operand.get().getType()))
      continue;
    TransposedValue value = lookThroughTransposes(operand.get());
    unsigned number = operand.getOperandNumber();
    Layout wanted =
        isModel ? value.layout : compose(value.layout, layouts[number]);
    operands[number] = get(value.source, wanted, operand);
  }
  if (isModel) {
    op->setOperands(operands);
    return;
  }
  OpBuilder builder(op);
  Operation *clone = cloneInLayouts(builder, op, operands, layouts);
  for (auto [result, other, layout] :
       llvm::zip_equal(op->getResults(), clone->getResults(),
                       ArrayRef(layouts).drop_front(op->getNumOperands())))
    forms[result].push_back({layout, other, op->getBlock()});
  replaced.push_back(op);
}

void LayoutWriter::eraseWhatIsReplaced() {
  for (Operation *op : llvm::reverse(replaced))
    op->erase();
}

namespace {
struct SelectLayouts : tenon::impl::SelectLayoutsPassBase<SelectLayouts> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    LayoutGraph graph(function);
    graph.improve();
    SmallVector<Operation *> ops;
    function->walk<WalkOrder::PreOrder>([&](Operation *op) {
      if (op != function)
        ops.push_back(op);
    });
    LayoutWriter writer(graph);
    for (Operation *op : ops)
      writer.rewrite(op);
    writer.eraseWhatIsReplaced();
    function->walk([&](TransposeOp op) {
      ++numTransposes;
      numBytes += getAssumedProduct(op.getType().getShape()) *
                  llvm::divideCeil(op.getType().getElementTypeBitWidth(), 8);
    });
  }
};
} // namespace
