//===- TryCreate.cpp - build ops whose operands may be wrong --------------===//

#include "tenon/Dialect/Tenon/IR/TryCreate.h"
#include "mlir/IR/Verifier.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "llvm/ADT/ScopeExit.h"

using namespace mlir;

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
  if (op->getNumRegions() == 0)
    return verify(op, /*verifyRecursively=*/false);
  OperationName name = op->getName();
  return success(succeeded(name.verifyInvariants(op)) &&
                 succeeded(name.verifyRegionInvariants(op)));
}

Operation *tenon::tryCreateTyped(OpBuilder &builder, OperationState &state) {
  // regions may use the values around them, so the op needs its place first
  Operation *op = builder.create(state);
  if (succeeded(verifyAlone(op)))
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
  if (failed(inferTypes(state, *interface, types)))
    return nullptr;
  state.types.assign(types.begin(), types.end());
  return tryCreateTyped(builder, state);
}
