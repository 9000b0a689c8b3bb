//===- Placement.cpp - where the values of a program lie ------------------===//

#include "tenon/Kernels/Placement.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"

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

std::string tenon::getProgramName(func::FuncOp program, StringRef modelName) {
  auto module = program->getParentOfType<ModuleOp>();
  bool isTraining = !module.getOps<ParameterOp>().empty();
  return isTraining ? (modelName + "_" + program.getName()).str()
                    : modelName.str();
}
