//===- TrainingProgress.h - what a training tells -----------------------===//

#ifndef TENON_TOOLS_TENON_TRAININGPROGRESS_H
#define TENON_TOOLS_TENON_TRAININGPROGRESS_H

#include "TrainingLog.h"

#include "tenon/Driver/Trainer.h"

namespace tenon {

/// Epochs go to stdout; to stderr a bar of the epoch's steps, where that is a
/// terminal; to `log`, if any, one object a line for each step and epoch.
class TrainingProgress {
public:
  /// `isShown` is false where another process shows the same.
  TrainingProgress(TrainingLog *log, int64_t numEpochs, bool isShown = true);

  /// An error is one of the log.
  llvm::Error addStep(const StepReport &step);
  llvm::Error addEpoch(const EpochReport &epoch);

private:
  void drawBar(const StepReport &step);

  TrainingLog *log;
  int64_t numEpochs;
  bool isShown, drawsBar;
  int lastPercent = -1;
};

} // namespace tenon

#endif // TENON_TOOLS_TENON_TRAININGPROGRESS_H
