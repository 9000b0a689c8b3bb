//===- Weights.cpp - initial values ---------------------------------------===//

#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "tenon/Dialect/Tenon/IR/StateOps.h"
#include "tenon/Dialect/Tenon/IR/TrainingOps.h"
#include "tenon/Graph/GraphBuilder.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace tenon;

namespace {
/// SplitMix64 (Steele, Lea and Flood, 2014): the same numbers on any machine.
struct Random {
  uint64_t state;

  uint64_t next() {
    uint64_t z = state += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }

  /// Uniform in [-1, 1), in steps that a float holds exactly.
  double nextUniform() { return (next() >> 40) * 0x1p-23 - 1.0; }
};
} // namespace

Tensor GraphBuilder::constant(StringRef name, ArrayRef<int64_t> shape,
                              ArrayRef<float> values) {
  if (hasFailed)
    return {};
  auto type = RankedTensorType::get(shape, builder.getF32Type());
  if (type.getNumElements() != static_cast<int64_t>(values.size()))
    return fail(name, "expected " + Twine(type.getNumElements()) +
                          " values, got " + Twine(values.size()));
  // as in imported models, values under 1 KB are part of the IR
  ElementsAttr elements;
  if (values.size() * sizeof(float) < 1024)
    elements = DenseElementsAttr::get(type, values);
  else
    elements = DenseResourceElementsAttr::get(
        type, name,
        HeapAsmResourceBlob::allocateAndCopyInferAlign<float>(
            values, /*dataIsMutable=*/false));
  return createWeight(name, elements);
}

Tensor GraphBuilder::createWeight(StringRef name, ElementsAttr value) {
  Location loc = NameLoc::get(builder.getStringAttr(name));
  if (!isProgram) {
    auto constant = ConstantOp::create(builder, loc, value);
    constant->setAttr(initializerAttrName, builder.getStringAttr(name));
    return Tensor(constant.getResult());
  }
  // symbols are few, and looked up while a graph is built by hand
  auto parameter = module->lookupSymbol<StateOp>(name);
  if (parameter && parameter.getTensorType() != value.getType()) {
    std::string text;
    llvm::raw_string_ostream(text) << parameter.getTensorType();
    return fail(name, "expected the type that it has elsewhere, " + text);
  }
  if (!parameter) {
    OpBuilder::InsertionGuard guard(builder);
    builder.setInsertionPointToStart(module->getBody());
    StateOp::create(builder, loc, name, StateKind::trained, value);
  }
  return Tensor(
      GetStateOp::create(builder, loc, value.getType(), name).getResult());
}

Tensor GraphBuilder::weights(StringRef name, ArrayRef<int64_t> shape,
                             double bound) {
  Random random{seed ^ llvm::xxh3_64bits(name)};
  std::vector<float> values(ShapedType::getNumElements(shape));
  for (float &value : values)
    value = static_cast<float>(random.nextUniform() * bound);
  return constant(name, shape, values);
}
