//===- NodeNames.h - the model's nodes that an op comes from ----*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_IR_NODENAMES_H
#define TENON_DIALECT_TENON_IR_NODENAMES_H

#include "mlir/IR/Location.h"
#include <string>

namespace tenon {

/// The names of the nodes in `loc`, each once, separated by ", ".
std::string getNodeNames(mlir::Location loc);

} // namespace tenon

#endif // TENON_DIALECT_TENON_IR_NODENAMES_H
