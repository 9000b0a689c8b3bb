//===- Control.cpp - lowering of branches and loops inside a kernel -------===//

#include "Categories.h"
#include "IndexedElements.h"
#include "mlir/Transforms/RegionUtils.h"
#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Dialect/Tenon/IR/ControlOps.h"

using namespace mlir;
using namespace tenon;

using Lowered = FailureOr<SmallVector<Value>>;

/// `lowerOp` hands values that regions use from outside behind the operands.
static IRMapping mapCaptured(Operation *op, ValueRange operands) {
  llvm::SetVector<Value> captured;
  getUsedValuesDefinedAbove(op->getRegions(), captured);
  IRMapping mapping;
  mapping.map(captured.getArrayRef(),
              operands.drop_front(op->getNumOperands()));
  return mapping;
}

static Type getLoweredType(Value value) {
  return getKernelType(cast<RankedTensorType>(value.getType()));
}

static Value castTo(OpBuilder &builder, Value value, Type type) {
  return value.getType() == type
             ? value
             : tensor::CastOp::create(builder, value.getLoc(), type, value)
                   .getResult();
}

/// The one element of a condition.
static Value extractScalar(OpBuilder &builder, Location loc, Value tensor) {
  int64_t rank = cast<RankedTensorType>(tensor.getType()).getRank();
  Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
  return tensor::ExtractOp::create(builder, loc, tensor,
                                   SmallVector<Value>(rank, zero));
}

namespace {
struct IfLowering : LinalgLoweringOpInterface::ExternalModel<IfLowering, IfOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    auto ifOp = cast<IfOp>(op);
    Value condition = extractScalar(builder, op->getLoc(), operands[0]);
    SmallVector<Type> types =
        llvm::map_to_vector(op->getResults(), getLoweredType);
    auto lowered = scf::IfOp::create(builder, op->getLoc(), types, condition,
                                     /*withElseRegion=*/true);
    IRMapping mapping = mapCaptured(op, operands);
    if (failed(lowerBranch(ifOp.getThenRegion(), lowered.getThenRegion(), types,
                           mapping, dims)) ||
        failed(lowerBranch(ifOp.getElseRegion(), lowered.getElseRegion(), types,
                           mapping, dims)))
      return failure();
    return llvm::to_vector_of<Value>(lowered.getResults());
  }

private:
  static LogicalResult lowerBranch(Region &from, Region &to, TypeRange types,
                                   IRMapping &mapping, const KernelDims &dims) {
    OpBuilder builder = OpBuilder::atBlockEnd(&to.front());
    if (failed(lowerBlock(from.front(), builder, mapping, dims)))
      return failure();
    SmallVector<Value> values;
    Operation *yield = from.front().getTerminator();
    for (auto [value, type] : llvm::zip_equal(yield->getOperands(), types))
      values.push_back(castTo(builder, mapping.lookup(value), type));
    scf::YieldOp::create(builder, yield->getLoc(), values);
    return success();
  }
};

/// Lowers one scan to a loop that carries its states and stacked results.
class ScanEmitter {
public:
  ScanEmitter(ScanOp scan, OpBuilder &builder, ValueRange operands,
              const KernelDims &dims)
      : scan(scan), b(scan.getLoc(), builder), operands(operands), dims(dims) {}

  Lowered emit();

private:
  Value extractSlice(Value input, RankedTensorType type, Value position);
  Value insertSlice(Value slice, Value stacked, RankedTensorType type,
                    Value position);
  SmallVector<OpFoldResult> getOffsets(RankedTensorType type, Value position);
  SmallVector<OpFoldResult> getSliceSizes(RankedTensorType type);
  /// The place of round `number` in a tensor that may be walked from its end.
  Value getPosition(Value number, bool isReversed);
  void mapArguments(Value number, ValueRange carried, IRMapping &mapping);
  SmallVector<Value> collectYields(Value number, ValueRange carried,
                                   IRMapping &mapping);

  ScanOp scan;
  ImplicitLocOpBuilder b;
  ValueRange operands;
  const KernelDims &dims;
  Value length;
};
} // namespace

SmallVector<OpFoldResult> ScanEmitter::getOffsets(RankedTensorType type,
                                                  Value position) {
  SmallVector<OpFoldResult> offsets(type.getRank(), b.getIndexAttr(0));
  offsets[0] = position;
  return offsets;
}

SmallVector<OpFoldResult> ScanEmitter::getSliceSizes(RankedTensorType type) {
  SmallVector<OpFoldResult> sizes = dims.getSizes(b, b.getLoc(), type);
  sizes[0] = b.getIndexAttr(1);
  return sizes;
}

Value ScanEmitter::getPosition(Value number, bool isReversed) {
  if (!isReversed)
    return number;
  Value one = arith::ConstantIndexOp::create(b, 1);
  Value last = arith::SubIOp::create(b, length, one);
  return arith::SubIOp::create(b, last, number);
}

Value ScanEmitter::extractSlice(Value input, RankedTensorType type,
                                Value position) {
  RankedTensorType slice = getKernelType(getTensorType(
      ArrayRef(getDims(type)).drop_front(), type.getElementType()));
  return tensor::ExtractSliceOp::create(
      b, slice, input, getOffsets(type, position), getSliceSizes(type),
      SmallVector<OpFoldResult>(type.getRank(), b.getIndexAttr(1)));
}

Value ScanEmitter::insertSlice(Value slice, Value stacked,
                               RankedTensorType type, Value position) {
  RankedTensorType sliceType = getKernelType(getTensorType(
      ArrayRef(getDims(type)).drop_front(), type.getElementType()));
  return tensor::InsertSliceOp::create(
      b, castTo(b, slice, sliceType), stacked, getOffsets(type, position),
      getSliceSizes(type),
      SmallVector<OpFoldResult>(type.getRank(), b.getIndexAttr(1)));
}

void ScanEmitter::mapArguments(Value number, ValueRange carried,
                               IRMapping &mapping) {
  unsigned numCarried = scan.getNumCarried();
  auto arguments = scan.getBody().getArguments();
  for (unsigned i = 0; i < numCarried; ++i)
    mapping.map(arguments[i],
                castTo(b, carried[i], getLoweredType(arguments[i])));
  for (auto [i, input] : llvm::enumerate(scan.getInputs())) {
    Value argument = arguments[numCarried + i];
    Value slice = extractSlice(operands[numCarried + i],
                               cast<RankedTensorType>(input.getType()),
                               getPosition(number, scan.isInputReversed(i)));
    mapping.map(argument, castTo(b, slice, getLoweredType(argument)));
  }
}

SmallVector<Value> ScanEmitter::collectYields(Value number, ValueRange carried,
                                              IRMapping &mapping) {
  unsigned numCarried = scan.getNumCarried();
  SmallVector<Value> values;
  for (auto [i, value] :
       llvm::enumerate(scan.getBody().front().getTerminator()->getOperands())) {
    Value lowered = mapping.lookup(value);
    if (i < numCarried) {
      values.push_back(castTo(b, lowered, carried[i].getType()));
      continue;
    }
    auto type = cast<RankedTensorType>(scan.getResult(i).getType());
    Value position =
        getPosition(number, scan.isStackedReversed(i - numCarried));
    values.push_back(insertSlice(lowered, carried[i], type, position));
  }
  return values;
}

Lowered ScanEmitter::emit() {
  length = getSize(b, dims, scan.getLength().getExprs()[0]);
  unsigned numCarried = scan.getNumCarried();
  SmallVector<Value> inits;
  for (auto [i, result] : llvm::enumerate(scan.getResults()))
    inits.push_back(
        i < numCarried
            ? castTo(b, operands[i], getLoweredType(result))
            : dims.createEmpty(b, b.getLoc(),
                               cast<RankedTensorType>(result.getType())));
  auto loop =
      scf::ForOp::create(b, arith::ConstantIndexOp::create(b, 0), length,
                         arith::ConstantIndexOp::create(b, 1), inits);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  IRMapping mapping = mapCaptured(scan, operands);
  Value number = loop.getInductionVar();
  mapArguments(number, loop.getRegionIterArgs(), mapping);
  if (failed(lowerBlock(scan.getBody().front(), b, mapping, dims)))
    return failure();
  scf::YieldOp::create(
      b, collectYields(number, loop.getRegionIterArgs(), mapping));
  return llvm::to_vector_of<Value>(loop.getResults());
}

namespace {
/// Lowers one loop of a known number of rounds. Those behind the one that ends
/// it do nothing: a loop that may end anywhere would leave what it carries to
/// buffers of its own.
class LoopEmitter {
public:
  LoopEmitter(LoopOp loop, OpBuilder &builder, ValueRange operands,
              const KernelDims &dims)
      : loop(loop), b(loop.getLoc(), builder), operands(operands), dims(dims) {}

  Lowered emit();

private:
  /// The condition for the next round and the carried values, behind round
  /// `number`.
  Lowered emitRound(Value number, ValueRange carried);
  /// The same, or `values` where `goesOn` does not hold.
  Lowered emitRoundIf(Value goesOn, Value number, ValueRange values);

  LoopOp loop;
  ImplicitLocOpBuilder b;
  ValueRange operands;
  const KernelDims &dims;
};
} // namespace

Lowered LoopEmitter::emitRound(Value number, ValueRange carried) {
  IRMapping mapping = mapCaptured(loop, operands);
  Block &body = loop.getBody().front();
  Value integer = arith::IndexCastOp::create(b, b.getI64Type(), number);
  mapping.map(body.getArgument(0),
              tensor::FromElementsOp::create(
                  b, getLoweredType(body.getArgument(0)), integer));
  for (auto [argument, value] :
       llvm::zip_equal(body.getArguments().drop_front(), carried))
    mapping.map(argument, castTo(b, value, getLoweredType(argument)));
  if (failed(lowerBlock(body, b, mapping, dims)))
    return failure();
  auto yielded = body.getTerminator()->getOperands();
  SmallVector<Value> next{
      extractScalar(b, loop.getLoc(), mapping.lookup(yielded[0]))};
  for (auto [value, now] : llvm::zip_equal(yielded.drop_front(), carried))
    next.push_back(castTo(b, mapping.lookup(value), now.getType()));
  return next;
}

Lowered LoopEmitter::emitRoundIf(Value goesOn, Value number,
                                 ValueRange values) {
  auto branch = scf::IfOp::create(b, values.getTypes(), goesOn,
                                  /*addThenBlock=*/true, /*addElseBlock=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  Lowered next = emitRound(number, values.drop_front());
  if (failed(next))
    return failure();
  scf::YieldOp::create(b, *next);
  b.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(b, values);
  return llvm::to_vector_of<Value>(branch.getResults());
}

Lowered LoopEmitter::emit() {
  if (loop.getNumStacked() > 0 || !loop.getTripCount())
    return loop.emitOpError("expects a number of rounds and no stacked results "
                            "inside of a kernel");
  ValueRange left = operands;
  Value count = arith::IndexCastOp::create(
      b, b.getIndexType(), extractScalar(b, loop.getLoc(), left.front()));
  left = left.drop_front();
  Value condition = arith::ConstantOp::create(b, b.getBoolAttr(true));
  if (loop.getCondition()) {
    condition = extractScalar(b, loop.getLoc(), left.front());
    left = left.drop_front();
  }
  SmallVector<Value> first{condition};
  for (auto [init, result] : llvm::zip_equal(
           left.take_front(loop.getNumCarried()), loop.getResults()))
    first.push_back(castTo(b, init, getLoweredType(result)));
  Value zero = arith::ConstantIndexOp::create(b, 0),
        one = arith::ConstantIndexOp::create(b, 1);
  auto lowered = scf::ForOp::create(b, zero, count, one, first);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(lowered.getBody());
  Lowered next =
      emitRoundIf(lowered.getRegionIterArg(0), lowered.getInductionVar(),
                  lowered.getRegionIterArgs());
  if (failed(next))
    return failure();
  scf::YieldOp::create(b, *next);
  return llvm::to_vector_of<Value>(lowered.getResults().drop_front());
}

namespace {
struct LoopLowering
    : LinalgLoweringOpInterface::ExternalModel<LoopLowering, LoopOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    return LoopEmitter(cast<LoopOp>(op), builder, operands, dims).emit();
  }
};

struct ScanLowering
    : LinalgLoweringOpInterface::ExternalModel<ScanLowering, ScanOp> {
  Lowered lowerToLinalg(Operation *op, OpBuilder &builder, ValueRange operands,
                        const KernelDims &dims) const {
    return ScanEmitter(cast<ScanOp>(op), builder, operands, dims).emit();
  }
};
} // namespace

void tenon::attachControlLowerings(MLIRContext *context) {
  IfOp::attachInterface<IfLowering>(*context);
  LoopOp::attachInterface<LoopLowering>(*context);
  ScanOp::attachInterface<ScanLowering>(*context);
}
