//===- Trainer.h - epochs over data -----------------------------*- C++ -*-===//
#ifndef TENON_DRIVER_TRAINER_H
#define TENON_DRIVER_TRAINER_H

#include "tenon/Driver/LoadedModel.h"
#include "tenon/Driver/Ranks.h"
#include "tenon/Driver/Schedule.h"
#include "tenon/Driver/TrainingData.h"

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSet.h"

#include <csignal>
#include <memory>

namespace tenon {

struct TrainerOptions {
  int64_t batch = 32, epochs = 1;
  tenon_options runtime = TENON_OPTIONS_INIT;
  uint64_t seed = 0;
  bool shuffles = true;
  /// Whether predictions are scores of classes, whose largest is the answer.
  bool isClassifier = true;
  Schedule schedule;
  /// A folder for the state of the training; empty: none is kept.
  std::string checkpoint;
  bool resumes = false;
  /// Not zero: end behind the step that is under way. None: never.
  const volatile std::sig_atomic_t *stop = nullptr;
  /// Who takes part in each step, with a share of its batch. The first of them
  /// alone writes checkpoints.
  const Ranks *ranks = nullptr;
};

/// One step: its number over all epochs, from 1 on, and the mean loss of its
/// batch before the update.
struct StepReport {
  int64_t step, epoch, stepInEpoch, stepsInEpoch;
  double loss, seconds;
};

struct EpochReport {
  int64_t epoch;
  double trainLoss;
  std::optional<double> validationLoss, validationAccuracy;
  double seconds;
};

/// Hears of each step and epoch; an error ends the training.
struct TrainingListener {
  llvm::function_ref<llvm::Error(const StepReport &)> step;
  llvm::function_ref<llvm::Error(const EpochReport &)> epoch;
};

/// Trains with a library that holds a training program of one model
/// (buildTrainingProgram).
class Trainer {
public:
  /// Loads the library, which stays loaded as long as the process.
  static llvm::Expected<std::unique_ptr<Trainer>>
  open(llvm::StringRef library, const TrainerOptions &options);

  /// Data of the types and shapes that the program takes, with labels of its
  /// classes. An error names the row of the first label that is of none.
  llvm::Error setData(TrainingData training,
                      std::optional<TrainingData> validation);

  /// With a checkpoint folder: finds out whether a state can be saved there,
  /// and with `resumes` reads the one that was, if any. To be called before
  /// `run`.
  llvm::Error openCheckpoint();

  /// The steps and whole epochs that have been.
  int64_t getNumSteps() const {
    return position.epoch * getNumBatches() + position.batch;
  }
  int64_t getNumEpochs() const { return position.epoch; }

  /// Runs what is left of the epochs. With a checkpoint folder, the state is
  /// saved after each epoch and every 200 steps. A loss, or a state to be saved
  /// or to be the result, that is not finite ends the training with an error,
  /// and the last checkpoint stays as it is. Once `options.stop` is set, the
  /// training ends behind the step that is under way, with a checkpoint.
  llvm::Error run(const TrainingListener &listener);

  /// The parameters that are trained or frozen, by name, as bytes.
  llvm::StringMap<llvm::ArrayRef<char>> getParameters() const;

private:
  Trainer(const TrainerOptions &options) : options(options) {}

  /// Where a training is. Everything else follows from it and the parameters.
  struct Position {
    int64_t epoch = 0, batch = 0;
    double lossSum = 0; // of this epoch's samples
  };

  llvm::Error checkLabels(const SampleTensor &targets) const;
  void shuffle(int64_t epoch);
  llvm::Error setLearningRate(int64_t step);
  llvm::Expected<double> runStep(int64_t batch);
  llvm::Error runEpoch(const TrainingListener &listener);
  llvm::Error validate(EpochReport &report);
  /// The states that hold a NaN or an infinity.
  llvm::StringSet<> findNonFinite() const;
  llvm::Error checkFinite() const;
  llvm::Expected<bool> isStopped() const {
    bool here = options.stop && *options.stop;
    return options.ranks ? options.ranks->isAny(here) : here;
  }
  /// The samples of a batch that are this rank's; sets how much they count.
  llvm::Expected<llvm::ArrayRef<int64_t>>
  chooseShare(llvm::ArrayRef<int64_t> batch);
  bool isFirst() const { return !options.ranks || options.ranks->isFirst(); }
  llvm::Error load();
  llvm::Error save();
  /// Gets what other ranks have trained, where each has a part of the model.
  llvm::Error collect();
  int64_t getNumBatches() const;
  std::string getCheckpointPath() const;

  TrainerOptions options;
  ContextPtr context;
  int32_t train = -1, trainLast = -1, evaluate = -1, learningRate = -1,
          rankWeight = -1, collectStates = -1;
  double baseRate = 0;
  TrainingData data;
  std::optional<TrainingData> validation;
  std::vector<int64_t> order;
  std::vector<char> sampleBuffer, targetBuffer;
  Position position;
  /// States that were not finite to begin with, as masks of -inf are.
  llvm::StringSet<> givenNonFinite;
};

} // namespace tenon

#endif // TENON_DRIVER_TRAINER_H
