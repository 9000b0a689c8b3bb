//===- BufferizeKernel.cpp - memory for a kernel's tensors ----------------===//

#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "tenon/Codegen/Kernel/Kernel.h"
#include "tenon/Codegen/Kernel/Passes.h"
#include "tenon/Codegen/Kernel/StridedView.h"
#include "tenon/Codegen/Kernel/SymbolicSize.h"

namespace tenon {
#define GEN_PASS_DEF_BUFFERIZEKERNELPASS
#include "tenon/Codegen/Kernel/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {

MemRefType getContiguousBuffer(RankedTensorType type) {
  return MemRefType::get(type.getShape(), type.getElementType());
}

/// `buffer`, an argument whose elements do not lie densely, seen as `view`.
Value castToView(OpBuilder &builder, func::FuncOp kernel, Value buffer,
                 const tenon::StridedView &view) {
  Location loc = kernel.getLoc();
  auto getNumbers = [&](ArrayRef<AffineExpr> exprs) {
    return llvm::map_to_vector(exprs, [&](AffineExpr expr) -> OpFoldResult {
      AffineExpr simple =
          simplifyAffineExpr(expr, 0, tenon::getDimSymbols(kernel).size());
      if (auto constant = dyn_cast<AffineConstantExpr>(simple))
        return builder.getIndexAttr(constant.getValue());
      return tenon::materialize(builder, loc, simple, kernel);
    });
  };
  SmallVector<OpFoldResult> sizes = getNumbers(view.sizes),
                            strides = getNumbers(view.strides);
  SmallVector<int64_t> shape, steps;
  SmallVector<Value> dynamic;
  dispatchIndexOpFoldResults(sizes, dynamic, shape);
  dispatchIndexOpFoldResults(strides, dynamic, steps);
  auto type = MemRefType::get(
      shape, cast<MemRefType>(buffer.getType()).getElementType(),
      StridedLayoutAttr::get(builder.getContext(), /*offset=*/0, steps));
  return memref::ReinterpretCastOp::create(
      builder, loc, type, buffer, builder.getIndexAttr(0), sizes, strides);
}

using ReshapeViews = SmallVector<std::pair<Value, tenon::StridedView>>;

/// The reshapes of `tensor`, an argument that does not lie densely: other
/// views of it, where bufferisation would copy.
void collectReshapes(Value tensor, func::FuncOp kernel, ReshapeViews &views) {
  for (Operation *user : tensor.getUsers())
    if (isa<tensor::ExpandShapeOp, tensor::CollapseShapeOp>(user)) {
      Value reshape = user->getResult(0);
      if (auto view = tenon::getStridedView(reshape, kernel)) {
        views.emplace_back(reshape, *view);
        collectReshapes(reshape, kernel, views);
      }
    }
}

/// Arguments come from the caller's buffers and must not be written.
void bufferizeArguments(func::FuncOp kernel) {
  OpBuilder builder(kernel.getBody());
  for (BlockArgument argument : kernel.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type)
      continue;
    MemRefType buffer =
        tenon::getArgumentBuffer(kernel, argument.getArgNumber());
    auto toTensor = [&](Value memory, Type tensorType) {
      return bufferization::ToTensorOp::create(
          builder, kernel.getLoc(), tensorType, memory, /*restrict=*/true);
    };
    ReshapeViews reshapes;
    if (!buffer.getLayout().isIdentity())
      collectReshapes(argument, kernel, reshapes);
    argument.setType(buffer);
    auto tensor = toTensor(argument, type);
    argument.replaceAllUsesExcept(tensor, tensor);
    for (auto &[reshape, view] : reshapes)
      reshape.replaceAllUsesWith(toTensor(
          castToView(builder, kernel, argument, view), reshape.getType()));
  }
}

/// Gives `buffer`, where `value` is to be, the shape of what `value` is a
/// reshape of, and `value` that tensor. Both are contiguous.
bool lookThroughReshape(OpBuilder &builder, func::FuncOp kernel, Value &value,
                        Value &buffer) {
  Location loc = value.getLoc();
  if (auto expand = value.getDefiningOp<tensor::ExpandShapeOp>()) {
    buffer = memref::CollapseShapeOp::create(builder, loc, buffer,
                                             expand.getReassociationIndices());
    value = expand.getSrc();
    return true;
  }
  auto collapse = value.getDefiningOp<tensor::CollapseShapeOp>();
  if (!collapse)
    return false;
  auto exprs = tenon::getTensorSizes(collapse.getSrc(), kernel);
  if (!exprs)
    return false;
  SmallVector<OpFoldResult> sizes;
  for (auto [size, expr] :
       llvm::zip_equal(collapse.getSrcType().getShape(), *exprs))
    if (ShapedType::isDynamic(size))
      sizes.push_back(tenon::materialize(builder, loc, expr, kernel));
    else
      sizes.push_back(builder.getIndexAttr(size));
  buffer = memref::ExpandShapeOp::create(
      builder, loc, getContiguousBuffer(collapse.getSrcType()), buffer,
      collapse.getReassociationIndices(), sizes);
  value = collapse.getSrc();
  return true;
}

/// The same where the elements of result `index` do not lie densely.
void lookThroughReshapes(OpBuilder &builder, func::FuncOp kernel, Value &value,
                         Value &buffer, unsigned index) {
  std::optional<tenon::StridedView> view = tenon::getResultView(kernel, index);
  bool isReshaped = false;
  while (view) {
    auto inner = tenon::lookThroughReshape(value, *view, kernel);
    if (!inner)
      break;
    view = inner;
    value = value.getDefiningOp()->getOperand(0);
    isReshaped = true;
  }
  if (isReshaped)
    buffer = castToView(builder, kernel, buffer, *view);
}

/// The use of an uninitialised tensor in which `value` is computed, through
/// the operations that update it; null if it is computed elsewhere.
OpOperand *findDestination(Value value) {
  while (auto result = dyn_cast<OpResult>(value)) {
    Operation *op = result.getOwner();
    OpOperand *tied = nullptr;
    if (auto insert = dyn_cast<tensor::InsertSliceOp>(op))
      tied = &insert.getDestMutable();
    else if (auto destination = dyn_cast<DestinationStyleOpInterface>(op))
      tied = destination.getTiedOpOperand(result);
    else if (auto forall = dyn_cast<scf::ForallOp>(op))
      tied = forall.getTiedOpOperand(result);
    else if (auto loop = dyn_cast<scf::ForOp>(op))
      tied = loop.getTiedLoopInit(result);
    if (!tied)
      return nullptr;
    if (tied->get().getDefiningOp<tensor::EmptyOp>())
      return tied;
    value = tied->get();
  }
  return nullptr;
}

/// If result `index` lies in an argument's memory, lets `buffer`, the result's,
/// be that of the argument, too; returns whether it does.
bool updateArgument(OpBuilder &builder, func::FuncOp kernel, unsigned index,
                    Value buffer) {
  auto number =
      kernel.getResultAttrOfType<IntegerAttr>(index, tenon::kUpdatesAttr);
  if (!number)
    return false;
  for (Operation *user : llvm::make_early_inc_range(
           kernel.getArgument(number.getInt()).getUsers()))
    if (auto tensor = dyn_cast<bufferization::ToTensorOp>(user)) {
      auto updated = bufferization::ToTensorOp::create(
          builder, kernel.getLoc(), tensor.getType(), buffer,
          /*restrict=*/true, /*writable=*/true);
      tensor.replaceAllUsesWith(updated.getResult());
      tensor.erase();
    }
  return true;
}

/// Results become arguments, into which the returned tensors are written.
LogicalResult bufferizeResults(func::FuncOp kernel) {
  auto terminator =
      cast<func::ReturnOp>(kernel.getBody().front().getTerminator());
  OpBuilder builder(terminator);
  for (auto [index, result] : llvm::enumerate(terminator.getOperands())) {
    Value value = result;
    FailureOr<AffineMap> dims = tenon::getResultDims(kernel, index);
    if (failed(dims))
      return failure();
    Value buffer = kernel.getBody().addArgument(
        tenon::getResultBuffer(kernel, index), kernel.getLoc());
    OpBuilder entry = OpBuilder::atBlockBegin(&kernel.getBody().front());
    if (cast<MemRefType>(buffer.getType()).getLayout().isIdentity())
      while (lookThroughReshape(entry, kernel, value, buffer)) {
      }
    else
      lookThroughReshapes(entry, kernel, value, buffer, index);
    bool isUpdated = updateArgument(entry, kernel, index, buffer);
    // Here and not in eliminateEmptyTensors, which begins with the pieces that
    // are inserted and then no longer finds what they are inserted into.
    OpOperand *destination = findDestination(value);
    if (destination && destination->get().getType() != value.getType())
      destination = nullptr;
    if (destination)
      destination->set(bufferization::ToTensorOp::create(
          entry, kernel.getLoc(), destination->get().getType(), buffer,
          /*restrict=*/true, /*writable=*/true));
    bufferization::MaterializeInDestinationOp::create(
        builder, kernel.getLoc(), /*result=*/Type(), value, buffer,
        /*restrict=*/!destination && !isUpdated, /*writable=*/true);
  }
  terminator->setOperands({});
  return success();
}

/// Makes the function's type that of its block; `tenon.dims` of a result goes
/// to its argument.
void updateSignature(func::FuncOp kernel) {
  SmallVector<DictionaryAttr> attributes;
  kernel.getAllArgAttrs(attributes);
  attributes.resize(kernel.getFunctionType().getNumInputs(),
                    DictionaryAttr::get(kernel.getContext()));
  for (unsigned i = 0, e = kernel.getNumResults(); i < e; ++i)
    attributes.push_back(kernel.getResultAttrDict(i));
  for (unsigned i = kernel.getNumResults(); i > 0; --i)
    kernel.setResultAttrs(i - 1, DictionaryAttr::get(kernel.getContext()));
  kernel.setType(FunctionType::get(
      kernel.getContext(), kernel.getBody().front().getArgumentTypes(), {}));
  kernel.setAllArgAttrs(attributes);
}

/// Whether `value` is `tensor` with single elements replaced.
bool replacesElements(Value value, Value tensor) {
  if (value == tensor)
    return true;
  auto result = dyn_cast<OpResult>(value);
  if (!result)
    return false;
  Operation *op = result.getOwner();
  if (auto insert = dyn_cast<tensor::InsertOp>(op))
    return replacesElements(insert.getDest(), tensor);
  if (auto loop = dyn_cast<scf::ForOp>(op)) {
    unsigned index = result.getResultNumber();
    return replacesElements(loop.getInitArgs()[index], tensor) &&
           replacesElements(loop.getYieldedValues()[index],
                            loop.getRegionIterArg(index));
  }
  auto branch = dyn_cast<scf::IfOp>(op);
  return branch && llvm::all_of(branch->getRegions(), [&](Region &region) {
           Operation *yield = region.front().getTerminator();
           return replacesElements(yield->getOperand(result.getResultNumber()),
                                   tensor);
         });
}

/// A loop that begins with one number everywhere writes it where it goes on: a
/// constant would be copied from memory of its own.
void fillCarriedConstants(func::FuncOp kernel) {
  kernel.walk([](scf::ForOp loop) {
    OpBuilder builder(loop);
    for (OpOperand &init : loop.getInitArgsMutable()) {
      auto constant = init.get().getDefiningOp<arith::ConstantOp>();
      auto splat = constant ? dyn_cast<SplatElementsAttr>(constant.getValue())
                            : SplatElementsAttr();
      if (!splat)
        continue;
      Location loc = loop.getLoc();
      auto type = cast<RankedTensorType>(splat.getType());
      Value number = arith::ConstantOp::create(
          builder, loc, splat.getSplatValue<TypedAttr>());
      Value empty = tensor::EmptyOp::create(builder, loc, type.getShape(),
                                            type.getElementType());
      init.set(
          linalg::FillOp::create(builder, loc, number, empty).getResult(0));
    }
  });
}

/// What a loop hands to its next iteration is put where the iteration found it,
/// so that one buffer serves all. A copy of a buffer to itself folds away.
void copyIntoCarriedTensors(func::FuncOp kernel) {
  kernel.walk([](scf::ForOp loop) {
    OpBuilder builder(loop.getBody()->getTerminator());
    for (auto [yielded, carried] :
         llvm::zip_equal(loop.getYieldedValuesMutable().value(),
                         loop.getRegionIterArgs())) {
      if (!isa<RankedTensorType>(carried.getType()) ||
          replacesElements(yielded.get(), carried))
        continue;
      auto copy = linalg::CopyOp::create(builder, loop.getLoc(), yielded.get(),
                                         Value(carried));
      yielded.set(copy.getResult(0));
    }
  });
}

bufferization::OneShotBufferizationOptions getOptions() {
  bufferization::OneShotBufferizationOptions options;
  options.bufferAlignment = 64;
  // a buffer that a loop's iteration makes for the next lies where that makes
  // its own: see copyIntoCarriedTensors
  options.allowReturnAllocsFromLoops = false;
  options.inferFunctionResultLayout = false;
  options.defaultMemorySpaceFn = [](TensorType) -> std::optional<Attribute> {
    return Attribute();
  };
  // A copy is a loop like any other, so that it can be tiled and vectorised.
  options.memCpyFn = [](OpBuilder &builder, Location loc, Value from,
                        Value to) {
    linalg::CopyOp::create(builder, loc, from, to);
    return success();
  };
  return options;
}

struct BufferizeKernelPass
    : tenon::impl::BufferizeKernelPassBase<BufferizeKernelPass> {
  void runOnOperation() override {
    func::FuncOp kernel = tenon::getKernel(getOperation());
    auto isTensor = [](Type type) { return isa<TensorType>(type); };
    if (!kernel || (llvm::none_of(kernel.getArgumentTypes(), isTensor) &&
                    llvm::none_of(kernel.getResultTypes(), isTensor)))
      return;
    bufferizeArguments(kernel);
    fillCarriedConstants(kernel);
    if (failed(bufferizeResults(kernel)))
      return signalPassFailure();
    updateSignature(kernel);
    copyIntoCarriedTensors(kernel);

    IRRewriter rewriter(kernel.getContext());
    bufferization::OneShotBufferizationOptions options = getOptions();
    bufferization::BufferizationState state;
    if (failed(bufferization::eliminateEmptyTensors(rewriter, kernel)) ||
        failed(bufferization::runOneShotBufferize(kernel, options, state)))
      return signalPassFailure();
  }
};

} // namespace
