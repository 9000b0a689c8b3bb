//===- Header.h - the C header of an artefact -------------------*- C++ -*-===//

#ifndef TENON_TARGET_HEADER_H
#define TENON_TARGET_HEADER_H

#include "tenon/Target/ModelDescription.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace tenon {

/// Writes the C11 (and C++) header of a model: what its functions and states
/// are, typed entry points, and an example of use.
void writeHeader(llvm::raw_ostream &os, const ModelDescription &model);

/// Names for the parameters of a typed entry point, inputs then outputs: the
/// values' own names made C identifiers, distinct from each other.
std::vector<std::string> getParameterNames(const FunctionDescription &function);

} // namespace tenon

#endif // TENON_TARGET_HEADER_H
