//===- ModuleWeights.cpp - weights beside a module's text -----------------===//

#include "tenon/Pipelines/ModuleWeights.h"
#include "mlir/Bytecode/BytecodeWriter.h"
#include "mlir/IR/AttrTypeSubElements.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "tenon/Kernels/Placement.h"
#include "tenon/Target/TemporaryFolder.h"
#include "tenon/Target/Weights.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace tenon;

static constexpr llvm::StringLiteral weightsAttrName = "tenon.weights";

/// A resource of the module, and an op that has it.
using Weights =
    llvm::MapVector<StringRef,
                    std::pair<DenseResourceElementsAttr, Operation *>>;

static Weights collectWeights(ModuleOp module) {
  Weights weights;
  Operation *current = nullptr;
  AttrTypeWalker walker;
  walker.addWalk([&](DenseResourceElementsAttr attr) {
    weights.try_emplace(attr.getRawHandle().getKey(), attr, current);
  });
  module.walk([&](Operation *op) {
    current = op;
    walker.walk(op->getAttrDictionary());
  });
  return weights;
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

/// Writes a file that takes its name when it is whole: a module may be written
/// over the files that its weights are mapped from.
static llvm::Error
replaceFile(StringRef path,
            function_ref<llvm::Error(llvm::raw_pwrite_stream &)> write) {
  std::string unfinished = (path + ".tmp").str();
  llvm::Error error = writeFile(unfinished, write);
  if (!error)
    if (std::error_code code = llvm::sys::fs::rename(unfinished, path))
      error = llvm::createFileError(path, code);
  if (error)
    llvm::sys::fs::remove(unfinished);
  return error;
}

/// Writes the weights that have bytes, and the attribute that tells where.
static llvm::Error writeWeights(ModuleOp module, StringRef path) {
  Builder builder(module.getContext());
  WeightImage image;
  SmallVector<NamedAttribute> offsets;
  for (auto &[key, weight] : collectWeights(module))
    if (AsmResourceBlob *blob = weight.first.getRawHandle().getBlob())
      offsets.push_back(builder.getNamedAttr(
          key, builder.getI64IntegerAttr(image.append(blob->getData()))));
  if (offsets.empty())
    return llvm::Error::success();
  std::string file = (path + ".weights").str();
  module->setAttr(
      weightsAttrName,
      builder.getDictionaryAttr(
          {builder.getNamedAttr(
               "file", builder.getStringAttr(llvm::sys::path::filename(file))),
           builder.getNamedAttr("offsets",
                                builder.getDictionaryAttr(offsets))}));
  return replaceFile(file, [&](llvm::raw_ostream &os) {
    image.write(os);
    return llvm::Error::success();
  });
}

static std::string printWithoutWeights(ModuleOp module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  module.print(os,
               OpPrintingFlags().enableDebugInfo().elideLargeResourceString(0));
  // what is left of the resources once each was left out
  StringRef rest = StringRef(text).rtrim();
  if (rest.consume_back("#-}") && (rest = rest.rtrim()).consume_back("{-#"))
    text.resize(rest.rtrim().size());
  return text + "\n";
}

llvm::Error tenon::writeModule(ModuleOp module, StringRef path,
                               bool asBytecode) {
  if (asBytecode)
    return replaceFile(path, [&](llvm::raw_ostream &os) {
      return succeeded(writeBytecodeToFile(module, os))
                 ? llvm::Error::success()
                 : llvm::createStringError("cannot write bytecode");
    });
  llvm::Error error = writeWeights(module, path);
  if (!error)
    error = replaceFile(path, [&](llvm::raw_ostream &os) {
      os << printWithoutWeights(module);
      return llvm::Error::success();
    });
  module->removeAttr(weightsAttrName);
  return error;
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

namespace {
/// The weights file of one module, mapped.
struct WeightsFile {
  std::string name;
  std::shared_ptr<llvm::MemoryBuffer> bytes;
  DictionaryAttr offsets;
};
} // namespace

/// A module must not make its reader open files elsewhere.
static FailureOr<WeightsFile> openWeights(ModuleOp module, StringRef path,
                                          DictionaryAttr weights) {
  WeightsFile file;
  auto name = weights.getAs<StringAttr>("file");
  file.offsets = weights.getAs<DictionaryAttr>("offsets");
  if (!name || name.getValue().empty() || !file.offsets ||
      llvm::sys::path::filename(name.getValue()) != name.getValue() ||
      name.getValue() == "..")
    return emitError(module.getLoc())
           << "expected '" << weightsAttrName
           << "' to have 'offsets', and as 'file' a name without a folder, got "
           << weights;
  file.name = name.str();
  SmallString<128> location(path);
  llvm::sys::path::remove_filename(location);
  llvm::sys::path::append(location, file.name);
  auto buffer = llvm::MemoryBuffer::getFile(location, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return emitError(module.getLoc())
           << "cannot read the weights file '" << file.name
           << "' beside the module: " << buffer.getError().message();
  file.bytes = std::move(*buffer);
  return file;
}

static LogicalResult mapWeight(DenseResourceElementsAttr attr, Operation *op,
                               const WeightsFile &file) {
  auto handle = attr.getRawHandle();
  auto offset = file.offsets.getAs<IntegerAttr>(handle.getKey());
  auto type = dyn_cast<RankedTensorType>(attr.getType());
  std::optional<int64_t> size = type && type.hasStaticShape()
                                    ? getConstantDim(getByteSize(type))
                                    : std::nullopt;
  if (!offset || !size)
    return op->emitError() << "expected an offset of the weight '"
                           << handle.getKey() << "' in '" << weightsAttrName
                           << "', got none";
  StringRef bytes = file.bytes->getBuffer();
  uint64_t begin = offset.getValue().getLimitedValue();
  if (begin > bytes.size() ||
      static_cast<uint64_t>(*size) > bytes.size() - begin ||
      begin % kWeightAlignment != 0)
    return op->emitError() << "expected " << *size << " bytes of the weight '"
                           << handle.getKey() << "' at offset " << begin
                           << " (a multiple of " << kWeightAlignment << ") of '"
                           << file.name << "', which has " << bytes.size();
  StringRef data = bytes.substr(begin, *size);
  handle.getResource()->setBlob(AsmResourceBlob(
      ArrayRef<char>(data.data(), data.size()), kWeightAlignment,
      [owner = file.bytes](void *, size_t, size_t) {},
      /*dataIsMutable=*/false));
  return success();
}

LogicalResult tenon::mapWeights(ModuleOp module, StringRef path) {
  auto weights = module->getAttrOfType<DictionaryAttr>(weightsAttrName);
  module->removeAttr(weightsAttrName);
  std::optional<WeightsFile> file;
  for (auto &[key, weight] : collectWeights(module)) {
    auto [attr, op] = weight;
    if (attr.getRawHandle().getBlob())
      continue;
    if (!weights)
      return op->emitError()
             << "expected bytes of the weight '" << key
             << "', got neither them nor a module with the attribute '"
             << weightsAttrName << "', which names their file";
    if (!file) {
      FailureOr<WeightsFile> opened = openWeights(module, path, weights);
      if (failed(opened))
        return failure();
      file = std::move(*opened);
    }
    if (failed(mapWeight(attr, op, *file)))
      return failure();
  }
  return success();
}
