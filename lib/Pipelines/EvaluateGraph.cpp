//===- EvaluateGraph.cpp - the compiler runs what it compiled -------------===//
//
// Constant subgraphs go the way of any model: compiled to a library for this
// machine, loaded, and run once.
//
//===----------------------------------------------------------------------===//

#include "HostMemory.h"
#include "tenon-rt/tenon.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Pipelines/BuildModel.h"
#include "tenon/Pipelines/ConstantBytes.h"
#include "tenon/Target/TemporaryFolder.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/Path.h"
#include <dlfcn.h>

using namespace mlir;
using namespace tenon;

/// Runs the library's model and turns its outputs into attributes of `types`.
static FailureOr<SmallVector<ElementsAttr>>
runLibrary(const std::string &path, TypeRange types, Location loc) {
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return emitError(loc) << "cannot load compiled constants: " << dlerror();
  auto closeLibrary = llvm::make_scope_exit([&] { dlclose(library); });
  auto *model = static_cast<const tenon_model *>(dlsym(library, "tenon_model"));
  if (!model)
    return emitError(loc) << "cannot find the model of compiled constants";
  tenon_error error;
  tenon_context *context = tenon_open(model, nullptr, &error);
  auto closeContext = llvm::make_scope_exit([&] { tenon_close(context); });
  // written where the constants are to be: weights may be most of the memory
  SmallVector<AsmResourceBlob> blobs;
  SmallVector<tenon_tensor> outputs;
  const tenon_function &function = model->functions[0];
  for (const tenon_value_info &value :
       ArrayRef(function.outputs, function.num_outputs)) {
    tenon_tensor tensor = {nullptr, value.dims, value.dtype, value.rank};
    blobs.push_back(HeapAsmResourceBlob::allocate(tenon_num_bytes(&tensor),
                                                  bufferAlignment));
    tensor.data = blobs.back().getMutableData().data();
    outputs.push_back(tensor);
  }
  if (!context ||
      tenon_run(context, nullptr, outputs.data(), &error) != TENON_OK)
    return emitError(loc) << "cannot compute constants: " << error.message;
  SmallVector<ElementsAttr> values;
  for (auto [type, blob] : llvm::zip_equal(types, blobs))
    values.push_back(makeConstant(cast<RankedTensorType>(type), std::move(blob),
                                  "computed"));
  return values;
}

/// What the results take; the arena's size is checked when it is allocated.
static uint64_t getNumBytes(TypeRange types) {
  uint64_t bytes = 0;
  for (Type type : types)
    bytes +=
        getConstantDim(getByteSize(cast<RankedTensorType>(type))).value_or(0);
  return bytes;
}

FailureOr<SmallVector<ElementsAttr>>
tenon::evaluateGraph(OwningOpRef<ModuleOp> module, StringRef runtimeFolder) {
  Location loc = module->getLoc();
  SmallVector<Type> types(getProgram(*module).getResultTypes());
  if (failed(checkMemory(loc, getNumBytes(types))))
    return failure();
  CompileOptions options;
  options.name = "constants";
  options.artefact.header = false;
  options.artefact.runtimeFolder = runtimeFolder.str();
  options.artefact.maxEmbeddedWeights = ~uint64_t(0);
  options.disabledPasses = {"evaluate-constants", "select-layouts",
                            "pack-weights"};
  SmallString<64> base;
  llvm::sys::path::system_temp_directory(/*erasedOnReboot=*/true, base);
  llvm::sys::path::append(base, "tenon-constants");
  llvm::Expected<std::unique_ptr<TemporaryFolder>> folder =
      TemporaryFolder::create(base);
  if (!folder)
    return emitError(loc) << llvm::toString(folder.takeError());
  options.artefact.path = (*folder)->getPath("constants.so");
  FailureOr<CompiledModel> model =
      buildModel(*module, TargetInfo::getHost(), options);
  if (failed(model))
    return failure();
  if (llvm::Error error = packageArtefact(*model, options.artefact))
    return emitError(loc) << llvm::toString(std::move(error));
  return runLibrary(options.artefact.path, types, loc);
}
