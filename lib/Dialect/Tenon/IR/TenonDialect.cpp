//===- TenonDialect.cpp - the dialect -------------------------------------===//

#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "DimSymbolTable.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/TypeUtilities.h"
#include "tenon/Dialect/Tenon/IR/ShapeRules.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace tenon;

#include "tenon/Dialect/Tenon/IR/TenonDialect.cpp.inc"

#include "tenon/Dialect/Tenon/IR/TenonEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "tenon/Dialect/Tenon/IR/TenonAttributes.cpp.inc"

#include "tenon/Dialect/Tenon/IR/TenonInterfaces.cpp.inc"

void TenonDialect::initialize() {
  dimSymbolTable = std::make_shared<DimSymbolTable>();
  addAttributes<
#define GET_ATTRDEF_LIST
#include "tenon/Dialect/Tenon/IR/TenonAttributes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "tenon/Dialect/Tenon/IR/TenonOps.cpp.inc"
      >();
}

Operation *TenonDialect::materializeConstant(OpBuilder &builder,
                                             Attribute value, Type type,
                                             Location loc) {
  auto elements = dyn_cast<ElementsAttr>(value);
  if (!elements || !isa<RankedTensorType>(type))
    return nullptr;
  return ConstantOp::create(builder, loc, elements);
}

bool tenon::areCompatibleTypes(TypeRange inferred, TypeRange given) {
  return llvm::equal(inferred, given, [](Type a, Type b) {
    return getElementTypeOrSelf(a) == getElementTypeOrSelf(b) &&
           succeeded(verifyCompatibleShape(a, b));
  });
}
