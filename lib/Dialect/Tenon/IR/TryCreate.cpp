//===- TryCreate.cpp - build ops whose operands may be wrong --------------===//

#include "tenon/Dialect/Tenon/IR/TryCreate.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;
using namespace tenon;

/// Shape inference and verifiers read operands as tensors.
static LogicalResult checkOperands(OperationState &state) {
  for (auto [index, operand] : llvm::enumerate(state.operands)) {
    Type type = operand ? operand.getType() : NoneType::get(state.getContext());
    if (!isa<RankedTensorType>(type))
      return emitError(state.location)
             << "'" << state.name << "' op expects a tensor as operand "
             << index << ", got " << type;
  }
  return success();
}

static bool haveKnownSizes(TypeRange types) {
  return llvm::all_of(types, [](Type type) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    return !tensor || hasKnownSizes(tensor);
  });
}

/// Sizes get lost where they are none that a tensor can have (getTensorType).
/// Those of branches and loops may be what a run finds out.
static LogicalResult checkResults(Operation *op) {
  if (op->getNumRegions() > 0 || haveKnownSizes(op->getResultTypes()) ||
      !haveKnownSizes(op->getOperandTypes()))
    return success();
  return op->emitOpError("expects results of sizes from 0 on and of at most ")
         << maxTensorElements << " elements";
}

/// Shape inference needs the properties before there is an op.
static LogicalResult inferTypes(OperationState &state,
                                InferTypeOpInterface::Concept &interface,
                                SmallVectorImpl<Type> &types) {
  MLIRContext *context = state.getContext();
  OperationName name = state.name;
  DictionaryAttr attributes = state.attributes.getDictionary(context);
  auto &regions = state.regions;
  OpaqueProperties given = state.getRawProperties();
  if (given || !name.getOpPropertyByteSize())
    return interface.inferReturnTypes(context, state.location, state.operands,
                                      attributes, given, regions, types);

  SmallVector<char> storage(name.getOpPropertyByteSize() + 16);
  auto aligned = llvm::alignAddr(storage.data(), llvm::Align(16));
  OpaqueProperties properties(reinterpret_cast<void *>(aligned));
  name.initOpProperties(properties, /*init=*/nullptr);
  llvm::scope_exit destroy([&] { name.destroyOpProperties(properties); });
  auto emitError = [&] { return mlir::emitError(state.location); };
  if (failed(name.setOpPropertiesFromAttribute(name, properties, attributes,
                                               emitError)))
    return failure();
  return interface.inferReturnTypes(context, state.location, state.operands,
                                    attributes, properties, regions, types);
}

/// Whether `op` is right by itself. The ops in its regions have been verified,
/// and dominance can't be: an op around it, whose values they use, may not be
/// built yet. The importer verifies its module as a whole.
static LogicalResult verifyAlone(Operation *op) {
  OperationName name = op->getName();
  return success(
      succeeded(name.verifyInvariants(op)) &&
      (op->getNumRegions() == 0 || succeeded(name.verifyRegionInvariants(op))));
}

Operation *tenon::tryCreateTyped(OpBuilder &builder, OperationState &state) {
  if (failed(checkOperands(state)))
    return nullptr;
  // regions may use the values around them, so the op needs its place first
  Operation *op = builder.create(state);
  if (succeeded(verifyAlone(op)) && succeeded(checkResults(op)))
    return op;
  op->erase();
  return nullptr;
}

Operation *tenon::tryCreate(OpBuilder &builder, OperationState &state) {
  auto *interface = state.name.getInterface<InferTypeOpInterface>();
  if (!interface) {
    emitError(state.location)
        << "'" << state.name << "' has no inferred result types";
    return nullptr;
  }
  SmallVector<Type> types;
  if (failed(checkOperands(state)) ||
      failed(inferTypes(state, *interface, types)))
    return nullptr;
  state.types.assign(types.begin(), types.end());
  return tryCreateTyped(builder, state);
}
