//===- Models.cpp - the networks of the model zoo -------------------------===//

#include "Models.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"

using namespace tenon::models;

static constexpr Model zoo[] = {
    {"gan", "points in the plane, and a critic (Goodfellow et al., 2014)",
     buildGan},
    {"lenet", "LeNet-5 for 28x28 digits (LeCun et al., 1998)", buildLeNet},
    {"mlp", "three dense layers for 28x28 digits", buildMlp},
    {"resnet20", "ResNet-20 for 32x32 pictures (He et al., 2015, section 4.2)",
     buildResNet20},
};

llvm::ArrayRef<Model> tenon::models::getModels() { return zoo; }

Module tenon::models::buildModel(llvm::StringRef name,
                                 mlir::MLIRContext &context, uint64_t seed) {
  const Model *model = llvm::find_if(
      zoo, [&](const Model &model) { return model.name == name; });
  if (model != std::end(zoo))
    return model->build(context, seed);
  std::string names;
  llvm::ListSeparator separator;
  for (const Model &known : zoo)
    names += (llvm::StringRef(separator) + known.name).str();
  return mlir::emitError(mlir::UnknownLoc::get(&context))
         << "expected a network out of " << names << ", got '" << name << "'";
}
