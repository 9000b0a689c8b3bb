//===- MachineModel.h - what computing costs on a machine -------*- C++ -*-===//
//
// The numbers behind decisions about time: what fuses, which algorithm a
// convolution takes, how work is cut and split over threads. They stand here,
// beside the facts that TargetInfo reads of a CPU, so that no two decisions
// believe in different machines. Measured on x86-64 servers of 2020 and later;
// docs/Rationale/MachineModel.md says how, and who asks for which.
//
//===----------------------------------------------------------------------===//

#ifndef TENON_TARGET_MACHINEMODEL_H
#define TENON_TARGET_MACHINEMODEL_H

#include "tenon/Target/TargetInfo.h"
#include <algorithm>

namespace tenon {

/// Cheap to make: passes that have a target make one where they need it. What
/// does not depend on the target is constant, for passes that have none.
class MachineModel {
public:
  explicit MachineModel(const TargetInfo &target) : target(target) {}

  //===--------------------------------------------------------------------===//
  // One core
  //===--------------------------------------------------------------------===//

  /// The least that a copy should touch, and where buffers begin: also the
  /// widest vector.
  static constexpr int64_t kCacheLineBytes = 64;
  /// In elements of four bytes.
  static constexpr int64_t kCacheLineElements = kCacheLineBytes / 4;

  /// What a kernel may keep in its core's cache and read again: half of L2, for
  /// what it reads once passes through the other half.
  int64_t getReusableBytes() const { return target.l2Bytes / 2; }

  /// Multiply-adds that a core can begin in a cycle: two vectors of them.
  int64_t getMultiplyAddsPerCycle(unsigned elementBits) const {
    return 2 * int64_t(target.getVectorLanes(elementBits));
  }

  /// Cycles of a contraction kernel on one core: its products at the speed that
  /// such kernels reach, or its weights as fast as memory delivers them,
  /// whichever takes longer.
  double getContractionCycles(double multiplyAdds, double weightBytes,
                              unsigned elementBits) const {
    constexpr double kEfficiency = 0.9;
    // 4.3 to 5 were measured, 17 to 20 GB/s
    constexpr double kMemoryBytesPerCycle = 4.5;
    return std::max(multiplyAdds /
                        (getMultiplyAddsPerCycle(elementBits) * kEfficiency),
                    weightBytes / kMemoryBytesPerCycle);
  }

  /// Divisions, functions of libm and elements looked up by an index, of
  /// vectorised code, in element accesses that take as long.
  static constexpr int64_t kDivisionAccesses = 2, kFunctionAccesses = 8,
                           kLookupAccesses = 2;
  /// As many other operations cost less than to store their result and to load
  /// it again.
  static constexpr int64_t kMaxHiddenOps = 6;

  //===--------------------------------------------------------------------===//
  // Launches and threads
  //===--------------------------------------------------------------------===//

  /// A kernel with fewer pieces of work leaves cores idle. Artefacts run on
  /// machines with other numbers of cores than the one that compiles.
  static constexpr int64_t kMinPieces = 16;

  /// What any kernel computes or moves in a nanosecond on one core, at least:
  /// the runtime's estimate of a launch.
  static constexpr int64_t kFlopsPerNanosecond = 32, kBytesPerNanosecond = 8;
  /// What a launch takes beside its kernel, on one thread: measured 85 to 95 ns
  /// with the border's check of its tensors (bench/layout-costs).
  static constexpr int64_t kLaunchNanoseconds = 90,
                           kLaunchBytes =
                               kLaunchNanoseconds * kBytesPerNanosecond;
  /// Bringing in other threads takes a microsecond even when they spin. A
  /// launch is shared if it takes twice as long by itself.
  static constexpr int64_t kMinSharedNanoseconds = 2000;

  /// Operations on elements of small tensors that one thread does in a
  /// nanosecond where a kernel runs the rounds of a loop.
  static constexpr int64_t kRoundOpsPerNanosecond = 4;
  /// Rounds of a loop that a kernel runs at most, before the program asks
  /// whether the run is cancelled: what a launch takes is nothing beside them.
  static constexpr int64_t kMaxRoundsPerLaunch = 1024;

  /// Operations of a kernel, at most. So many hide what it costs to store their
  /// result and to load it again; and the time that it takes to compile a
  /// kernel grows faster than its length.
  static constexpr size_t kMaxKernelOps = 64;
  /// Operands of a concatenation that is one kernel: to compile it takes time
  /// with the cube of their number.
  static constexpr size_t kMaxConcatOperands = 32;

  /// A work item of a contraction is worth this many multiply-adds: some 30 us,
  /// a hundred times the cost of handing it out, and small enough to balance
  /// over many cores.
  static constexpr int64_t kMultiplyAddsPerItem = 2 << 20;
  /// A tile of any other kernel, in element accesses of vectorised code: 64 KB,
  /// so that what lies between its operations stays in L1 or L2, and some
  /// microseconds.
  static constexpr int64_t kAccessesPerTile = 16384;

private:
  const TargetInfo &target;
};

} // namespace tenon

#endif // TENON_TARGET_MACHINEMODEL_H
