//===- BufferizeKernel.cpp - memory for a kernel's tensors ----------------===//

#include "mlir/Dialect/Bufferization/Transforms/OneShotAnalysis.h"
#include "mlir/Dialect/Bufferization/Transforms/Transforms.h"
#include "tenon/Codegen/CPU/Kernel.h"
#include "tenon/Codegen/CPU/Passes.h"

namespace tenon {
#define GEN_PASS_DEF_BUFFERIZEKERNELPASS
#include "tenon/Codegen/CPU/Passes.h.inc"
} // namespace tenon

using namespace mlir;

namespace {

MemRefType getContiguousBuffer(RankedTensorType type) {
  return MemRefType::get(type.getShape(), type.getElementType());
}

/// Arguments come from the caller's buffers and must not be written.
void bufferizeArguments(func::FuncOp kernel) {
  OpBuilder builder(kernel.getBody());
  for (BlockArgument argument : kernel.getArguments()) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    if (!type)
      continue;
    argument.setType(getContiguousBuffer(type));
    auto tensor = bufferization::ToTensorOp::create(
        builder, kernel.getLoc(), type, argument, /*restrict=*/true);
    argument.replaceAllUsesExcept(tensor, tensor);
  }
}

/// Results become arguments, into which the returned tensors are written.
LogicalResult bufferizeResults(func::FuncOp kernel) {
  auto terminator =
      cast<func::ReturnOp>(kernel.getBody().front().getTerminator());
  OpBuilder builder(terminator);
  for (auto [index, value] : llvm::enumerate(terminator.getOperands())) {
    FailureOr<AffineMap> dims = tenon::getResultDims(kernel, index);
    if (failed(dims))
      return failure();
    auto type = dyn_cast<RankedTensorType>(value.getType());
    BlockArgument buffer = kernel.getBody().addArgument(
        getContiguousBuffer(type), kernel.getLoc());
    bufferization::MaterializeInDestinationOp::create(
        builder, kernel.getLoc(), /*result=*/Type(), value, buffer,
        /*restrict=*/true, /*writable=*/true);
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

bufferization::OneShotBufferizationOptions getOptions() {
  bufferization::OneShotBufferizationOptions options;
  options.bufferAlignment = 64;
  options.allowReturnAllocsFromLoops = true;
  options.inferFunctionResultLayout = false;
  options.defaultMemorySpaceFn =
      [](TensorType) -> std::optional<Attribute> { return Attribute(); };
  // A copy is a loop like any other, so that it can be tiled and vectorised.
  options.memCpyFn = [](OpBuilder &builder, Location loc, Value from, Value to) {
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
    if (failed(bufferizeResults(kernel)))
      return signalPassFailure();
    updateSignature(kernel);

    IRRewriter rewriter(kernel.getContext());
    bufferization::OneShotBufferizationOptions options = getOptions();
    bufferization::BufferizationState state;
    if (failed(bufferization::eliminateEmptyTensors(rewriter, kernel)) ||
        failed(bufferization::runOneShotBufferize(kernel, options, state)))
      return signalPassFailure();
  }
};

} // namespace
