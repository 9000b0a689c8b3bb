//===- JoinPads.cpp - sums of padded parts as concatenations --------------===//

#include "mlir/IR/Matchers.h"
#include "tenon/Dialect/Tenon/IR/Composer.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/MovementOps.h"
#include "tenon/Dialect/Tenon/IR/StructureOps.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_JOINPADSPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
/// A term of a sum that has zeros all around: it lies at [begin, end) of one
/// dimension.
struct PaddedPart {
  PadOp pad;
  int64_t axis, begin, end;
};
} // namespace

/// A pad with zeros along one dimension of known size.
static std::optional<PaddedPart> matchPart(Value term) {
  auto pad = term.getDefiningOp<PadOp>();
  if (!pad || pad.getMode() != PadMode::constant ||
      !pad.getResult().hasOneUse())
    return std::nullopt;
  if (Value value = pad.getValue())
    if (!matchPattern(value, m_AnyZeroFloat()) &&
        !matchPattern(value, m_Zero()))
      return std::nullopt;
  std::optional<PaddedPart> part;
  for (auto [axis, amounts] : llvm::enumerate(llvm::zip_equal(
           pad.getLow().getExprs(), pad.getHigh().getExprs()))) {
    auto [low, high] = amounts;
    std::optional<int64_t> before = getConstantDim(low),
                           after = getConstantDim(high);
    if (before == 0 && after == 0)
      continue;
    int64_t size = getTensorTypeOf(pad.getOperand()).getDimSize(axis);
    if (part || !before || !after || *before < 0 || *after < 0 ||
        ShapedType::isDynamic(size))
      return std::nullopt;
    part = PaddedPart{pad, int64_t(axis), *before, *before + size};
  }
  return part;
}

/// The terms of the sum that `value` ends, through sums that nothing else
/// reads.
static void collectTerms(Value value, SmallVectorImpl<Value> &terms) {
  auto add = value.getDefiningOp<AddOp>();
  bool isInside = add && add.getLhs().getType() == add.getType() &&
                  add.getRhs().getType() == add.getType() &&
                  (terms.empty() || add.getResult().hasOneUse());
  if (!isInside) {
    terms.push_back(value);
    return;
  }
  for (Value operand : add->getOperands())
    if (operand.getDefiningOp<AddOp>() && operand.hasOneUse())
      collectTerms(operand, terms);
    else
      terms.push_back(operand);
}

/// The parts side by side, with zeros where none lies.
static Value joinParts(Composer &c, ArrayRef<PaddedPart> parts,
                       RankedTensorType type) {
  int64_t axis = parts.front().axis, at = 0;
  SmallVector<Value> pieces;
  auto fillUpTo = [&](int64_t end) {
    if (end == at)
      return;
    SmallVector<AffineExpr> dims = getDims(type);
    dims[axis] = c.getAffineConstantExpr(end - at);
    pieces.push_back(c.zeros(getTensorType(dims, type.getElementType())));
  };
  for (const PaddedPart &part : parts) {
    fillUpTo(part.begin);
    PadOp pad = part.pad;
    pieces.push_back(pad.getOperand());
    at = part.end;
  }
  fillUpTo(type.getDimSize(axis));
  return ConcatOp::create(c, pieces, axis);
}

/// Whether parts that begin one after the other are apart.
static bool areApart(ArrayRef<PaddedPart> parts) {
  if (parts.size() < 2)
    return false;
  for (auto [part, next] : llvm::zip(parts, parts.drop_front()))
    if (part.axis != next.axis || part.end > next.begin)
      return false;
  return true;
}

/// Returns whether the sum that `add` ends was one of parts.
static bool joinSum(AddOp add) {
  SmallVector<Value> terms, others;
  collectTerms(add, terms);
  SmallVector<PaddedPart> parts;
  for (Value term : terms)
    if (std::optional<PaddedPart> part = matchPart(term))
      parts.push_back(*part);
    else
      others.push_back(term);
  llvm::stable_sort(parts, [](const PaddedPart &a, const PaddedPart &b) {
    return std::tie(a.axis, a.begin) < std::tie(b.axis, b.begin);
  });
  if (!areApart(parts))
    return false;
  Composer c(add.getLoc(), OpBuilder(add));
  Value joined = joinParts(c, parts, getTensorTypeOf(add));
  for (Value other : others)
    joined = c.add(joined, other);
  add.replaceAllUsesWith(joined);
  return true;
}

namespace {
struct JoinPads : tenon::impl::JoinPadsPassBase<JoinPads> {
  void runOnOperation() override {
    SmallVector<AddOp> sums;
    getOperation().walk([&](AddOp add) {
      bool isTerm = add.getResult().hasOneUse() &&
                    isa<AddOp>(*add.getResult().user_begin());
      if (!isTerm)
        sums.push_back(add);
    });
    for (AddOp sum : sums)
      numJoined += joinSum(sum);
  }
};
} // namespace
