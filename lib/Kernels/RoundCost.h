//===- RoundCost.h - what a loop's round takes ------------------*- C++ -*-===//
#ifndef TENON_KERNELS_ROUNDCOST_H
#define TENON_KERNELS_ROUNDCOST_H

#include "tenon/Dialect/Tenon/IR/ControlOps.h"

namespace tenon {

/// Whether one thread computes the rounds of `loop` in a kernel in less time
/// than their launches take beside what they compute. Nothing in such a round
/// is the program's, and nothing is stacked.
bool isCheaperThanLaunches(LoopOp loop);

/// Whether `loop` has at most as many rounds as a kernel may run without asking
/// whether to go on (MachineModel::kMaxRoundsPerLaunch).
bool hasFewRounds(LoopOp loop);

} // namespace tenon

#endif // TENON_KERNELS_ROUNDCOST_H
