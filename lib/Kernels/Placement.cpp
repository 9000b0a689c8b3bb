//===- Placement.cpp - where the values of a program lie ------------------===//

#include "tenon/Kernels/Placement.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"

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
  return llvm::map_to_vector(getDimSymbols(dims), [](AffineSymbolExpr symbol) {
    return AffineExpr(symbol);
  });
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
