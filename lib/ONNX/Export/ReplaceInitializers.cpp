//===- ReplaceInitializers.cpp - a model with other weights ---------------===//
//
// The model is parsed and written again, and nothing in it but the data of the
// named initializers changes. Identities of initializers that are weights of
// their own (importIdentity) become initializers. External data moves into the
// file, as long as protobuf's limit of 2 GB allows.
//
//===----------------------------------------------------------------------===//

#include "tenon/ONNX/Export.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"
#include <onnx/onnx_pb.h>

using namespace llvm;
using namespace tenon;

static void setData(onnx::TensorProto &tensor, ArrayRef<char> bytes) {
  tensor.clear_float_data();
  tensor.clear_double_data();
  tensor.clear_int32_data();
  tensor.clear_int64_data();
  tensor.clear_uint64_data();
  tensor.clear_external_data();
  tensor.clear_data_location();
  tensor.set_raw_data(bytes.data(), bytes.size());
}

static Error writeAtomically(StringRef path, const std::string &text) {
  Expected<sys::fs::TempFile> file =
      sys::fs::TempFile::create(path + ".%%%%%%.partial");
  if (!file)
    return createFileError(path, file.takeError());
  raw_fd_ostream os(file->FD, /*shouldClose=*/false);
  os << text;
  os.flush();
  if (os.has_error()) {
    std::error_code code = os.error();
    os.clear_error();
    return joinErrors(createFileError(path, code), file->discard());
  }
  return file->keep(path);
}

/// Makes initializers of the Identities that `values` names.
static void separateWeights(onnx::GraphProto &graph,
                            const StringMap<ArrayRef<char>> &values) {
  StringMap<const onnx::TensorProto *> initializers;
  for (const onnx::TensorProto &tensor : graph.initializer())
    initializers[tensor.name()] = &tensor;
  std::vector<onnx::TensorProto> separated;
  auto *nodes = graph.mutable_node();
  for (int i = nodes->size() - 1; i >= 0; --i) {
    const onnx::NodeProto &node = nodes->Get(i);
    if (node.op_type() != "Identity" || node.input_size() != 1 ||
        !values.contains(node.output(0)))
      continue;
    auto source = initializers.find(node.input(0));
    if (source == initializers.end())
      continue;
    separated.push_back(*source->second);
    separated.back().set_name(node.output(0));
    nodes->DeleteSubrange(i, 1);
  }
  for (onnx::TensorProto &tensor : separated)
    *graph.add_initializer() = std::move(tensor);
}

Error tenon::replaceInitializers(StringRef model, StringRef output,
                                 const StringMap<ArrayRef<char>> &values) {
  auto buffer = MemoryBuffer::getFile(model, /*IsText=*/false,
                                      /*RequiresNullTerminator=*/false);
  if (!buffer)
    return createFileError(model, buffer.getError());
  onnx::ModelProto proto;
  if (!proto.ParseFromArray((*buffer)->getBufferStart(),
                            (*buffer)->getBufferSize()))
    return createStringError(model + ": expected an ONNX model");
  separateWeights(*proto.mutable_graph(), values);
  for (onnx::TensorProto &tensor :
       *proto.mutable_graph()->mutable_initializer()) {
    auto it = values.find(tensor.name());
    if (it != values.end())
      setData(tensor, it->second);
    else if (tensor.data_location() == onnx::TensorProto::EXTERNAL)
      return createStringError(model +
                               ": expected every weight in external "
                               "data to be a parameter, got '" +
                               tensor.name() + "'");
  }
  std::string text;
  if (!proto.SerializeToString(&text))
    return createStringError(output + ": the model exceeds protobuf's 2 GB");
  return writeAtomically(output, text);
}
