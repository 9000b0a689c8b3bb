//===- IdxFile.h - the format of MNIST --------------------------*- C++ -*-===//
#ifndef TENON_LIB_DRIVER_IDXFILE_H
#define TENON_LIB_DRIVER_IDXFILE_H

#include "tenon/Driver/TrainingData.h"

namespace tenon {

/// Reads an IDX file of bytes (two zeros, the type 8, the number of dimensions,
/// each as four bytes, big-endian; then the elements), compressed where its
/// name ends in .gz.
llvm::Expected<SampleTensor> readIdxFile(llvm::StringRef path);

/// Bytes as floats from 0 to 1.
SampleTensor scalePixels(SampleTensor pixels);

} // namespace tenon

#endif // TENON_LIB_DRIVER_IDXFILE_H
