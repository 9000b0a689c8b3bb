//===- Header.h - the C header of an artefact -------------------*- C++ -*-===//

#ifndef TENON_TARGET_HEADER_H
#define TENON_TARGET_HEADER_H

#include "tenon/Target/ModelDescription.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace tenon {

/// Writes the C11 (and C++) header of a model: its typed entry points, the
/// shapes of their arguments, and an example of use.
void writeHeader(llvm::raw_ostream &os, const ModelDescription &model);

/// Writes the header of a training program: the numbers of its functions, what
/// they take and give, and an example of use.
void writeTrainingHeader(llvm::raw_ostream &os,
                         const TrainingDescription &training);

/// Names for the parameters of typed entry points, inputs then outputs: the
/// values' own names made C identifiers, distinct from each other.
std::vector<std::string> getParameterNames(const ModelDescription &model);

} // namespace tenon

#endif // TENON_TARGET_HEADER_H
