//===- DimSymbolTable.h - the names of dimension symbols --------*- C++ -*-===//
#ifndef TENON_LIB_DIALECT_TENON_IR_DIMSYMBOLTABLE_H
#define TENON_LIB_DIALECT_TENON_IR_DIMSYMBOLTABLE_H

#include "tenon/Dialect/Tenon/IR/Dims.h"
#include "llvm/ADT/StringMap.h"
#include <deque>
#include <mutex>

namespace tenon {

/// Numbers for names, for one context; thread-safe, since types are parsed and
/// built in parallel.
class DimSymbolTable {
public:
  unsigned intern(llvm::StringRef name);
  /// Interns `hint`, or `hint_1`, `hint_2`, ... so that the name is new.
  unsigned internFresh(llvm::StringRef hint);
  llvm::StringRef getName(unsigned position);
  /// The symbol that stands for `derived`, whose text is `name`.
  unsigned internDerived(llvm::StringRef name, const DerivedDim &derived);
  std::optional<DerivedDim> getDerived(unsigned position);

private:
  std::mutex mutex;
  llvm::StringMap<unsigned> positions;
  std::deque<llvm::StringRef> names;
  llvm::DenseMap<unsigned, DerivedDim> derivedDims;
};

} // namespace tenon

#endif // TENON_LIB_DIALECT_TENON_IR_DIMSYMBOLTABLE_H
