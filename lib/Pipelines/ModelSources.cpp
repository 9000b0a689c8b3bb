//===- ModelSources.cpp - models that programs build ----------------------===//

#include "tenon/Pipelines/ModelSources.h"
#include "llvm/ADT/StringMap.h"

using namespace tenon;

static llvm::StringMap<ModelSource> &getSources() {
  static llvm::StringMap<ModelSource> sources;
  return sources;
}

void tenon::registerModelSource(llvm::StringRef scheme, ModelSource source) {
  getSources()[scheme] = std::move(source);
}

std::pair<const ModelSource *, llvm::StringRef>
tenon::findModelSource(llvm::StringRef model) {
  auto [scheme, name] = model.split(':');
  auto source = getSources().find(scheme);
  if (scheme.size() == model.size() || source == getSources().end())
    return {nullptr, model};
  return {&source->second, name};
}
