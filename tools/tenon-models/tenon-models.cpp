//===- tenon-models.cpp - writes networks of the model zoo ----------------===//

#include "Models.h"
#include "tenon/ONNX/Export.h"
#include "tenon/Pipelines/ModuleWeights.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

using namespace llvm;
using namespace tenon::models;

static cl::OptionCategory category("tenon-models");
static cl::opt<std::string> name(cl::Positional, cl::desc("[NAME]"),
                                 cl::cat(category));
static cl::opt<std::string> output("o", cl::desc("where to write the network"),
                                   cl::value_desc("OUT.onnx|.mlir|.mlirbc"),
                                   cl::cat(category));
static cl::opt<uint64_t> seed("seed", cl::desc("of the initial weights"),
                              cl::init(0), cl::cat(category));

static constexpr int inputAtFault = 1, wrongUsage = 2;

static int list() {
  for (const Model &model : getModels())
    outs() << left_justify(model.name, 12) << model.summary << "\n";
  return 0;
}

static LogicalResult write(mlir::ModuleOp module, StringRef path) {
  if (path.ends_with(".onnx"))
    return tenon::exportOnnx(module, path);
  if (Error error =
          tenon::writeModule(module, path, path.ends_with(".mlirbc"))) {
    errs() << "tenon-models: " << toString(std::move(error)) << "\n";
    return failure();
  }
  return success();
}

int main(int argc, char **argv) {
  InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(
      argc, argv,
      "writes networks of the model zoo; without NAME, lists them\n");
  if (name.empty())
    return list();
  if (output.empty()) {
    errs() << "tenon-models: expected -o with the name of a network; without "
              "arguments it lists the networks\n";
    return wrongUsage;
  }
  mlir::MLIRContext context;
  Module module = buildModel(name, context, seed);
  if (failed(module) || failed(write(**module, output)))
    return inputAtFault;
  return 0;
}
