//===- Ranks.h - the processes that train together --------------*- C++ -*-===//
#ifndef TENON_DRIVER_RANKS_H
#define TENON_DRIVER_RANKS_H

#include "tenon-rt/tenon.h"

#include "llvm/Support/Error.h"

#include <memory>

namespace tenon {

/// The processes that `mpirun` has started; this one alone without it.
class Ranks {
public:
  /// Finds out whether there are others, and reaches them by libtenon-mpi,
  /// which is loaded then.
  static llvm::Expected<std::unique_ptr<Ranks>> open();
  /// Waits for all of them, unless `fail` has been called.
  ~Ranks();

  int32_t getNumber() const { return communicator.rank; }
  int32_t getCount() const { return communicator.num_ranks; }
  /// Whether this one speaks for all: writes files, prints.
  bool isFirst() const { return communicator.rank == 0; }
  /// For contexts; null: there is one rank.
  const tenon_communicator *getCommunicator() const {
    return getCount() > 1 ? &communicator : nullptr;
  }

  /// The share of this rank in `count` samples: how many, and where they begin.
  /// The first rank has the most.
  int64_t getShare(int64_t count) const;
  int64_t getShareBegin(int64_t count) const;

  /// Whether it is true on any rank. All of them have to ask.
  llvm::Expected<bool> isAny(bool here) const;
  /// Has the others end instead of waiting for this one.
  void fail();

private:
  Ranks() = default;

  tenon_communicator communicator = {
      sizeof(tenon_communicator), 0, 1, nullptr, nullptr, nullptr, nullptr};
  void (*close)(tenon_communicator *) = nullptr;
};

} // namespace tenon

#endif // TENON_DRIVER_RANKS_H
