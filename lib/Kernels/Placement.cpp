//===- Placement.cpp - where the values of a program lie ------------------===//

#include "tenon/Kernels/Placement.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace tenon;

Value tenon::getBuffer(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getOperand();
  return value;
}

AffineExpr tenon::getByteSize(RankedTensorType type) {
  AffineExpr elements = getProduct(getDims(type), type.getContext());
  unsigned bits =
      type.getElementType().isIntOrFloat() ? type.getElementTypeBitWidth() : 64;
  return elements ? simplifyDim(elements * llvm::divideCeil(bits, 8))
                  : elements;
}

SmallVector<AffineExpr> tenon::getProgramSymbols(func::FuncOp program) {
  SmallVector<AffineExpr> dims;
  for (Type type : program.getArgumentTypes())
    if (auto tensor = dyn_cast<RankedTensorType>(type))
      llvm::append_range(dims, getDims(tensor));
  return llvm::map_to_vector(
      getSourceSymbols(dims),
      [](AffineSymbolExpr symbol) { return AffineExpr(symbol); });
}

bool tenon::followsFrom(AffineExpr expr, ArrayRef<AffineExpr> symbols) {
  return llvm::all_of(getSourceSymbols(expr), [&](AffineSymbolExpr symbol) {
    return llvm::is_contained(symbols, symbol);
  });
}

bool tenon::isCheckedAtStart(DimGuardOp guard) {
  auto program = dyn_cast<func::FuncOp>(guard->getParentOp());
  if (!program)
    return false;
  SmallVector<AffineExpr> symbols = getProgramSymbols(program);
  return llvm::all_of(guard.getDims().getExprs(), [&](AffineExpr expr) {
    return followsFrom(expr, symbols);
  });
}

static void collectNodes(Location loc, llvm::SetVector<StringRef> &nodes) {
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location part : fused.getLocations())
      collectNodes(part, nodes);
  if (auto name = dyn_cast<NameLoc>(loc); name && !name.getName().empty())
    nodes.insert(name.getName());
}

std::string tenon::getNodeNames(Location loc) {
  llvm::SetVector<StringRef> nodes;
  collectNodes(loc, nodes);
  return llvm::join(nodes, ", ");
}

std::string tenon::describeGuard(DimGuardOp guard) {
  std::string nodes = getNodeNames(guard.getLoc());
  ArrayRef<AffineExpr> exprs = guard.getDims().getExprs();
  bool isEquality = guard.getPredicate() == ComparisonPredicate::eq;
  return (nodes.empty() ? std::string() : "node \"" + nodes + "\": ") +
         "expected " + printDim(exprs[0]) + (isEquality ? " == " : " >= ") +
         printDim(exprs[1]);
}

func::FuncOp tenon::getProgram(ModuleOp module) {
  auto functions = module.getOps<func::FuncOp>();
  return functions.empty() ? func::FuncOp() : *functions.begin();
}

std::string tenon::getProgramName(func::FuncOp program, StringRef modelName) {
  auto module = program->getParentOfType<ModuleOp>();
  bool isTraining = !module.getOps<ParameterOp>().empty();
  return isTraining ? (modelName + "_" + program.getName()).str()
                    : modelName.str();
}
