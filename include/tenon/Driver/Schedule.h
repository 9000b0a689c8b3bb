//===- Schedule.h - learning rates over time --------------------*- C++ -*-===//
#ifndef TENON_DRIVER_SCHEDULE_H
#define TENON_DRIVER_SCHEDULE_H

#include "llvm/Support/Error.h"

#include <cstdint>
#include <string>

namespace tenon {

/// What the learning rate is multiplied by at each step.
class Schedule {
public:
  /// From NAME[:KEY=VALUE,...]: constant; linear, to 0 at the last step; cosine
  /// (Loshchilov and Hutter, 2017), to `min` (0); step, by `gamma` (0.1) every
  /// `size` steps; exponential, by `gamma` (0.99) every step. `warmup` steps
  /// rise to it linearly first.
  static llvm::Expected<Schedule> parse(llvm::StringRef text);

  /// The factor at `step`, counted from 0, of `numSteps`.
  double getFactor(int64_t step, int64_t numSteps) const;

private:
  std::string name = "constant";
  double warmup = 0, gamma = 0, size = 0, least = 0;
};

} // namespace tenon

#endif // TENON_DRIVER_SCHEDULE_H
