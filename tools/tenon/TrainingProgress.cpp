//===- TrainingProgress.cpp - what a training tells -----------------------===//

#include "TrainingProgress.h"

#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Process.h"

#include <cmath>

using namespace llvm;
using namespace tenon;

TrainingProgress::TrainingProgress(TrainingLog *log, int64_t numEpochs,
                                   bool isShown)
    : log(log), numEpochs(numEpochs), isShown(isShown),
      drawsBar(isShown && sys::Process::StandardErrIsDisplayed()) {}

/// JSON has no infinities and no NaN.
static json::Value toJSON(double number) {
  return std::isfinite(number) ? json::Value(number) : json::Value(nullptr);
}

void TrainingProgress::drawBar(const StepReport &step) {
  int percent = 100 * step.stepInEpoch / step.stepsInEpoch;
  if (percent == lastPercent)
    return;
  lastPercent = percent;
  std::string bar(percent / 4, '#');
  bar.resize(25, '.');
  errs() << formatv("\repoch {0}/{1} [{2}] {3}/{4} loss {5:f4}", step.epoch,
                    numEpochs, bar, step.stepInEpoch, step.stepsInEpoch,
                    step.loss);
}

Error TrainingProgress::addStep(const StepReport &step) {
  if (drawsBar)
    drawBar(step);
  if (drawsBar && !std::isfinite(step.loss))
    errs() << '\n'; // the bar stays above the error to come
  if (!log)
    return Error::success();
  return log->add(json::Object{{"step", step.step},
                               {"program_step", "train"},
                               {"epoch", step.epoch},
                               {"loss", toJSON(step.loss)},
                               {"seconds", step.seconds}});
}

Error TrainingProgress::addEpoch(const EpochReport &epoch) {
  if (drawsBar)
    errs() << "\r\x1b[K";
  lastPercent = -1;
  if (!isShown)
    return Error::success();
  outs() << formatv("epoch {0}/{1}: loss {2:f4}", epoch.epoch, numEpochs,
                    epoch.trainLoss);
  if (epoch.validationLoss)
    outs() << formatv(", validation loss {0:f4}", *epoch.validationLoss);
  if (epoch.validationAccuracy)
    outs() << formatv(", accuracy {0:f2} %", *epoch.validationAccuracy * 100);
  outs() << formatv(" ({0:f1} s)\n", epoch.seconds);
  outs().flush();
  if (!log)
    return Error::success();
  json::Object object{{"epoch", epoch.epoch},
                      {"train_loss", toJSON(epoch.trainLoss)}};
  if (epoch.validationLoss)
    object["validation_loss"] = toJSON(*epoch.validationLoss);
  if (epoch.validationAccuracy)
    object["validation_accuracy"] = *epoch.validationAccuracy;
  return log->add(std::move(object));
}
