//===- TrainingProgress.h - what a training tells -----------------------===//

#ifndef TENON_TOOLS_TENON_TRAININGPROGRESS_H
#define TENON_TOOLS_TENON_TRAININGPROGRESS_H

#include "tenon/Driver/Trainer.h"

#include "llvm/Support/raw_ostream.h"

namespace tenon {

/// Epochs go to stdout; to stderr a bar of the epoch's steps, where that is a
/// terminal; to `json`, if any, one object a line for each step and epoch.
class TrainingProgress {
public:
  TrainingProgress(llvm::raw_ostream *json, int64_t numEpochs);

  void addStep(const StepReport &step);
  void addEpoch(const EpochReport &epoch);

private:
  void drawBar(const StepReport &step);

  llvm::raw_ostream *json;
  int64_t numEpochs;
  bool drawsBar;
  int lastPercent = -1;
  bool hasWarned = false;
};

} // namespace tenon

#endif // TENON_TOOLS_TENON_TRAININGPROGRESS_H
