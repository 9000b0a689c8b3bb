//===- Placement.cpp - where the values of a program lie ------------------===//

#include "tenon/Kernels/Placement.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/NodeNames.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace tenon;

Value tenon::getBuffer(Value value) {
  while (auto reshape = value.getDefiningOp<ReshapeOp>())
    value = reshape.getOperand();
  return value;
}

RegionAttr tenon::getRegion(Value value) {
  auto result = cast<OpResult>(value);
  auto regions = result.getOwner()->getAttrOfType<ArrayAttr>(placementAttrName);
  return regions ? dyn_cast<RegionAttr>(regions[result.getResultNumber()])
                 : RegionAttr();
}

int64_t tenon::getElementBytes(Type type) {
  return llvm::divideCeil(
      type.isIntOrFloat() ? type.getIntOrFloatBitWidth() : 64, 8);
}

Value tenon::createCopy(OpBuilder &builder, Location loc, Value value) {
  auto group = GroupOp::create(builder, loc, TypeRange(value.getType()), value);
  OpBuilder::InsertionGuard guard(builder);
  Block *body = builder.createBlock(&group.getBody(), {},
                                    TypeRange(value.getType()), {loc});
  Value copy = CopyOp::create(builder, loc, body->getArgument(0));
  YieldOp::create(builder, loc, copy);
  return group.getResult(0);
}

AffineExpr tenon::getByteSize(RankedTensorType type) {
  AffineExpr elements = getProduct(getDims(type), type.getContext());
  return elements
             ? simplifyDim(elements * getElementBytes(type.getElementType()))
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

std::string tenon::getCodeSymbol(func::FuncOp function, StringRef modelName) {
  auto functions = function->getParentOfType<ModuleOp>().getOps<func::FuncOp>();
  bool isOnly = std::next(functions.begin()) == functions.end();
  return isOnly ? modelName.str()
                : (modelName + "__" + function.getName()).str();
}
