//===- VectorAdd.h - a model written by hand, for the packaging tests -----===//

#ifndef TENON_TEST_UNIT_TARGET_VECTORADD_H
#define TENON_TEST_UNIT_TARGET_VECTORADD_H

#include "tenon/Target/Artefact.h"

namespace tenon {

/// A compiled model `sum = a + b + offset` on vectors of four floats, or of `n`
/// floats where `isDynamic`; `offset` is a weight. Its code is LLVM IR in which
/// the program calls its one kernel directly. The weights' bytes live as long
/// as the program.
CompiledModel makeVectorAdd(llvm::StringRef name, bool isDynamic,
                            ArtefactKind kind);

} // namespace tenon

#endif // TENON_TEST_UNIT_TARGET_VECTORADD_H
