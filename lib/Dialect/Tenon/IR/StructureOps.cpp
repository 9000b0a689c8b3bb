//===- StructureOps.cpp - groups, kernels and launches --------------------===//

#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace tenon;

#define GET_OP_CLASSES
#include "tenon/Dialect/Tenon/IR/StructureOps.cpp.inc"

void YieldOp::build(OpBuilder &builder, OperationState &state) {}

LogicalResult CopyOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                       Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  types.push_back(adaptor.getOperand().getType());
  return success();
}

//===----------------------------------------------------------------------===//
// IndexGuardOp
//===----------------------------------------------------------------------===//

LogicalResult IndexGuardOp::verify() {
  RankedTensorType type = getIndices().getType();
  int64_t count = getSizes().getExprs().size();
  if (count == 0 || (type.getRank() != 0 &&
                     (type.getRank() != 2 || type.getDimSize(1) != count)))
    return emitOpError("expects a scalar, or a matrix of indices with a column "
                       "for each of ")
           << count << " sizes, got " << type;
  return success();
}

/// Nothing is left to guard where constants are in range.
static LogicalResult eraseCertainGuard(IndexGuardOp op,
                                       PatternRewriter &rewriter) {
  DenseIntElementsAttr position;
  if (!matchPattern(op.getPosition(), m_Constant(&position)) ||
      !position.getSplatValue<APInt>().isMaxSignedValue())
    return failure();
  rewriter.eraseOp(op);
  return success();
}

void IndexGuardOp::getCanonicalizationPatterns(RewritePatternSet &patterns,
                                               MLIRContext *) {
  patterns.add(eraseCertainGuard);
}

//===----------------------------------------------------------------------===//
// PackPanelsOp, UnpackPanelsOp
//===----------------------------------------------------------------------===//

static RankedTensorType getPackedType(RankedTensorType type, int64_t width) {
  SmallVector<int64_t> shape{
      llvm::divideCeilSigned(type.getShape().back(), width)};
  llvm::append_range(shape, type.getShape().drop_back());
  shape.push_back(width);
  return RankedTensorType::get(shape, type.getElementType());
}

LogicalResult PackPanelsOp::inferReturnTypes(MLIRContext *,
                                             std::optional<Location> loc,
                                             Adaptor adaptor,
                                             SmallVectorImpl<Type> &types) {
  auto type = cast<RankedTensorType>(adaptor.getOperand().getType());
  if (type.getRank() == 0 || static_cast<int64_t>(adaptor.getWidth()) < 1)
    return emitOptionalError(
        loc,
        "expected a tensor of at least one dimension and a positive width");
  types.push_back(getPackedType(type, adaptor.getWidth()));
  return success();
}

LogicalResult UnpackPanelsOp::verify() {
  auto packed = cast<RankedTensorType>(getOperand().getType()),
       plain = cast<RankedTensorType>(getType());
  if (plain.getRank() < 1 || packed.getRank() != plain.getRank() + 1)
    return emitOpError(
        "expects one dimension more in its operand than in its result");
  RankedTensorType expected = getPackedType(plain, packed.getShape().back());
  if (packed != expected)
    return emitOpError("expects an operand of type ")
           << expected << ", got " << packed;
  return success();
}

//===----------------------------------------------------------------------===//
// GroupOp
//===----------------------------------------------------------------------===//

/// group (%a = %x, %b = %y) : (types) -> types attr-dict { ... }
ParseResult GroupOp::parse(OpAsmParser &parser, OperationState &result) {
  SmallVector<OpAsmParser::Argument> arguments;
  SmallVector<OpAsmParser::UnresolvedOperand> operands;
  FunctionType type;
  SMLoc loc = parser.getCurrentLocation();
  if (parser.parseAssignmentList(arguments, operands) ||
      parser.parseColonType(type) ||
      parser.parseOptionalAttrDictWithKeyword(result.attributes) ||
      parser.resolveOperands(operands, type.getInputs(), loc, result.operands))
    return failure();
  for (auto [argument, argumentType] :
       llvm::zip_equal(arguments, type.getInputs()))
    argument.type = argumentType;
  result.addTypes(type.getResults());
  return parser.parseRegion(*result.addRegion(), arguments);
}

void GroupOp::print(OpAsmPrinter &printer) {
  printer << " (";
  llvm::interleaveComma(llvm::zip_equal(getBody().getArguments(), getInputs()),
                        printer, [&](auto pair) {
                          printer << std::get<0>(pair) << " = "
                                  << std::get<1>(pair);
                        });
  printer << ") : ";
  printer.printFunctionalType(getInputs().getTypes(), getResultTypes());
  printer.printOptionalAttrDictWithKeyword((*this)->getAttrs());
  printer << ' ';
  printer.printRegion(getBody(), /*printEntryBlockArgs=*/false);
}

LogicalResult GroupOp::verify() {
  Block &block = getBody().front();
  if (block.getArgumentTypes() != getInputs().getTypes())
    return emitOpError("expects region arguments of the types of its inputs");
  auto yield = dyn_cast<YieldOp>(block.back());
  if (!yield || yield.getOperandTypes() != getResultTypes())
    return emitOpError("expects a 'tenon.yield' of the types of its results");
  return success();
}

//===----------------------------------------------------------------------===//
// LaunchOp
//===----------------------------------------------------------------------===//

LogicalResult LaunchOp::verifySymbolUses(SymbolTableCollection &symbols) {
  if (!symbols.lookupNearestSymbolFrom(*this, getKernelAttr()))
    return emitOpError("expects a kernel of this module, got ")
           << getKernelAttr();
  return success();
}

//===----------------------------------------------------------------------===//
// DimGuardOp
//===----------------------------------------------------------------------===//

LogicalResult DimGuardOp::verify() {
  if (getPredicate() != ComparisonPredicate::ge &&
      getPredicate() != ComparisonPredicate::eq)
    return emitOpError("expects 'ge' or 'eq', got '")
           << stringifyComparisonPredicate(getPredicate()) << "'";
  if (getDims().getExprs().size() != 2)
    return emitOpError("expects 2 expressions, got ")
           << getDims().getExprs().size();
  return success();
}

//===----------------------------------------------------------------------===//
// BindDimOp
//===----------------------------------------------------------------------===//

LogicalResult BindDimOp::verify() {
  ArrayRef<AffineExpr> symbols = getSymbol().getExprs();
  if (symbols.size() != 1 || !isa<AffineSymbolExpr>(symbols[0]) ||
      getDerivedDim(cast<AffineSymbolExpr>(symbols[0])))
    return emitOpError("expects one dimension symbol, got ") << getSymbol();
  auto type = cast<RankedTensorType>(getOperand().getType());
  if (int64_t(getPosition()) >= type.getNumElements())
    return emitOpError("expects a position below ")
           << type.getNumElements() << ", got " << getPosition();
  if (getBound() && getBound()->getExprs().size() != 1)
    return emitOpError("expects one upper bound, got ")
           << getBound()->getExprs().size();
  return success();
}
