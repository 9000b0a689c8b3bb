//===- TensorList.cpp - tensors of the command line -----------------------===//

#include "tenon/Driver/TensorList.h"

#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace tenon;

char RuntimeError::ID = 0;

Expected<TensorList> TensorList::readFolder(StringRef folder,
                                            StringRef prefix) {
  TensorList tensors;
  tenon_error error = {};
  if (tenon_io_read_folder(folder.str().c_str(), prefix.str().c_str(),
                           &tensors.list, &error) != TENON_OK)
    return makeRuntimeError(error);
  return tensors;
}

Error TensorList::append(tenon_dtype dtype, ArrayRef<int64_t> shape,
                         ArrayRef<char> bytes) {
  tenon_error error = {};
  tenon_io_tensor *item =
      tenon_io_append(&list, "", dtype, shape.data(), shape.size(), &error);
  if (!item)
    return makeRuntimeError(error);
  llvm::copy(bytes, static_cast<char *>(item->tensor.data));
  return Error::success();
}

SmallVector<tenon_tensor> TensorList::getTensors() const {
  SmallVector<tenon_tensor> tensors;
  for (const tenon_io_tensor &item : ArrayRef(list.items, list.count))
    tensors.push_back(item.tensor);
  return tensors;
}

std::string tenon::getShapeText(ArrayRef<int64_t> shape) {
  std::string text = "[";
  ListSeparator separator;
  for (int64_t extent : shape)
    text += (StringRef(separator) + Twine(extent)).str();
  return text + "]";
}

Error tenon::makeRuntimeError(const tenon_error &error) {
  return make_error<RuntimeError>(error);
}
