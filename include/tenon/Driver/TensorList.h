//===- TensorList.h - tensors of the command line ---------------*- C++ -*-===//

#ifndef TENON_DRIVER_TENSORLIST_H
#define TENON_DRIVER_TENSORLIST_H

#include "tenon-rt/tensor_io.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"

#include <string>

namespace tenon {

/// What the runtime answered, with its status: whose fault it is.
class RuntimeError : public llvm::ErrorInfo<RuntimeError, llvm::StringError> {
public:
  static char ID;
  explicit RuntimeError(const tenon_error &error)
      : ErrorInfo(error.message, llvm::inconvertibleErrorCode()),
        status(error.status) {}

  tenon_status getStatus() const { return static_cast<tenon_status>(status); }

private:
  int32_t status;
};

/// Tensors that own their memory.
class TensorList {
public:
  TensorList() = default;
  TensorList(TensorList &&other) : list(other.list) { other.list = {}; }
  TensorList &operator=(TensorList &&other) {
    std::swap(list, other.list);
    return *this;
  }
  ~TensorList() { tenon_io_free(&list); }

  /// The tensors PREFIX_0, PREFIX_1, ... of a folder.
  static llvm::Expected<TensorList> readFolder(llvm::StringRef folder,
                                               llvm::StringRef prefix);

  /// Appends a copy of `bytes`, the elements of a tensor.
  llvm::Error append(tenon_dtype dtype, llvm::ArrayRef<int64_t> shape,
                     llvm::ArrayRef<char> bytes);

  /// The tensors as the ABI takes them, valid as long as this list.
  llvm::SmallVector<tenon_tensor> getTensors() const;

private:
  tenon_io_tensors list = {};
};

/// "[1, 3, 224, 224]"
std::string getShapeText(llvm::ArrayRef<int64_t> shape);

/// What the runtime or its tensor files report, as an error of the compiler.
llvm::Error makeRuntimeError(const tenon_error &error);

} // namespace tenon

#endif // TENON_DRIVER_TENSORLIST_H
