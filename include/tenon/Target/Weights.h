//===- Weights.h - a model's weights, on their way into the artefact ------===//
//
// Weights travel as bytes: mapped from the model's file or packed by the
// compiler, they are written straight into an ELF section (or a file beside the
// artefact) and never become LLVM constants, which would cost several copies of
// them (docs/Rationale/Artefacts.md).
//
//===----------------------------------------------------------------------===//

#ifndef TENON_TARGET_WEIGHTS_H
#define TENON_TARGET_WEIGHTS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"

namespace tenon {

/// Every weight begins at a multiple of this, which is a cache line and the
/// widest vector.
constexpr uint64_t kWeightAlignment = 64;

/// The weights of one model in the order of their offsets. The bytes belong to
/// somebody else and must outlive the image.
class WeightImage {
public:
  struct Blob {
    uint64_t offset;
    llvm::ArrayRef<char> bytes;
  };

  /// Appends `bytes` and returns the offset at which the program finds them.
  uint64_t append(llvm::ArrayRef<char> bytes);

  uint64_t size() const { return imageSize; }
  llvm::ArrayRef<Blob> getBlobs() const { return blobs; }

  /// Writes the image, with zeros between the blobs.
  void write(llvm::raw_ostream &os) const;

private:
  llvm::SmallVector<Blob> blobs;
  uint64_t imageSize = 0;
};

/// Writes a relocatable ELF object whose section `.tenon.weights` holds the
/// image and whose hidden symbol `symbol` is its begin. The bytes are streamed:
/// nothing of their size is allocated. Fails on targets other than 64-bit
/// little-endian ELF on x86-64 or AArch64.
llvm::Error writeWeightObject(llvm::raw_ostream &os, const WeightImage &image,
                              llvm::StringRef symbol,
                              const llvm::Triple &triple);

} // namespace tenon

#endif // TENON_TARGET_WEIGHTS_H
