//===- Train.cpp - tenon train --------------------------------------------===//

#include "Commands.h"
#include "CompileFlags.h"
#include "TrainingProgress.h"

#include "tenon-rt/runner.h"
#include "tenon/Driver/Ranks.h"
#include "tenon/Driver/TemporaryLibrary.h"
#include "tenon/Driver/TensorList.h"
#include "tenon/Driver/Trainer.h"
#include "tenon/ONNX/Export.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

#include <csignal>

using namespace llvm;
using namespace tenon;

static constexpr CommandInfo kTrain = {
    "train", "train MODEL --data DIR|FILE [options]",
    "Train a model for inference (.onnx, .mlir, .mlirbc, .toml or zoo:NAME) on "
    "samples and "
    "targets.",
    TrainOption, printTrainingNames};

namespace {
struct TrainCommand {
  std::string model, data, validation, output, json;
  CompileOptions compile;
  TrainerOptions trainer;
};
} // namespace

/// Zero until the first of SIGINT and SIGTERM.
static volatile std::sig_atomic_t caughtSignal = 0;

namespace {
/// Notes the first SIGINT or SIGTERM of its lifetime, for the training to end
/// at a step's border. A second one ends the process.
class SignalCatcher {
public:
  SignalCatcher() {
    struct sigaction action = {};
    action.sa_handler = [](int signal) { caughtSignal = signal; };
    action.sa_flags = SA_RESETHAND | SA_RESTART;
    for (auto [signal, previous] : llvm::zip_equal(signals, before))
      sigaction(signal, &action, &previous);
  }
  ~SignalCatcher() {
    for (auto [signal, previous] : llvm::zip_equal(signals, before))
      sigaction(signal, &previous, nullptr);
  }

private:
  static constexpr int signals[] = {SIGINT, SIGTERM};
  struct sigaction before[2];
};
} // namespace

static TrainCommand readCommand(CommandLine &line) {
  TrainCommand command;
  std::vector<std::string> models = line.getPositional();
  if (models.size() == 1)
    command.model = models.front();
  else
    line.fail("expected one MODEL, got " + Twine(models.size()));
  command.data = line.get(OPT_data);
  if (command.data.empty())
    line.fail("expected --data DIR|FILE");
  command.validation = line.get(OPT_validate);
  command.output = line.get(OPT_output);
  command.json = line.get(OPT_json);
  if (!command.output.empty() && sys::path::extension(command.model) != ".onnx")
    line.fail("expected an .onnx MODEL for -o, which writes it with other "
              "initializers");
  command.compile = readCompileFlags(line);
  command.compile.fixed = line.getFixedParts();
  command.compile.training = readTrainingFlags(line);

  TrainerOptions &trainer = command.trainer;
  trainer.batch = command.compile.training->batch;
  trainer.epochs = line.getInteger(OPT_epochs, 1, 1);
  trainer.runtime = readRuntimeFlags(line, command.compile);
  trainer.seed = command.compile.training->seed;
  trainer.shuffles = !line.has(OPT_no_shuffle);
  StringRef loss = command.compile.training->loss;
  trainer.isClassifier = loss.starts_with("cross-entropy") &&
                         !loss.contains('+') && !loss.contains("soft=") &&
                         command.compile.training->lossOutput.empty();
  trainer.checkpoint = line.get(OPT_checkpoint);
  trainer.stop = &caughtSignal;
  trainer.resumes = line.has(OPT_resume);
  if (trainer.resumes && trainer.checkpoint.empty())
    line.fail("expected --checkpoint DIR with --resume");
  Expected<Schedule> schedule =
      Schedule::parse(line.get(OPT_schedule, "constant"));
  if (schedule)
    trainer.schedule = *schedule;
  else
    line.fail(toString(schedule.takeError()));
  return command;
}

/// Whose fault an error is: files that cannot be written are the machine's, the
/// runtime says it of its own, and the rest is about the model and the data.
static ExitStatus getExitStatus(const Error &error) {
  ExitStatus status = kInputAtFault;
  if (error.isA<FileError>())
    status = kMachineAtFault;
  visitErrors(error, [&](const ErrorInfoBase &info) {
    if (info.isA<RuntimeError>())
      status = ExitStatus(tenon_runner_exit_status(
          static_cast<const RuntimeError &>(info).getStatus()));
  });
  return status;
}

static ExitStatus report(const TrainCommand &command, Error error) {
  ExitStatus status = getExitStatus(error);
  errs() << command.model << ": error: " << toString(std::move(error)) << '\n';
  return status;
}

static Error readData(const TrainCommand &command, TrainingData &training,
                      std::optional<TrainingData> &validation) {
  Expected<TrainingData> data = readTrainingData(command.data);
  if (!data)
    return data.takeError();
  training = std::move(*data);
  if (command.validation.empty()) {
    auto found = readValidationData(command.data);
    if (!found)
      return found.takeError();
    validation = std::move(*found);
    return Error::success();
  }
  Expected<TrainingData> given = readTrainingData(command.validation);
  if (!given)
    return given.takeError();
  validation = std::move(*given);
  return Error::success();
}

static Expected<std::unique_ptr<TrainingLog>>
openLog(const TrainCommand &command, const Trainer &trainer) {
  if (command.json.empty())
    return nullptr;
  if (!command.trainer.resumes)
    return TrainingLog::create(command.json);
  return TrainingLog::resume(command.json, trainer.getNumSteps(),
                             trainer.getNumEpochs());
}

/// Whether `path` is something else than a file on a disk: a pipe, a device.
static bool isStream(StringRef path) {
  sys::fs::file_status status;
  return !sys::fs::status(path, status) && sys::fs::exists(status) &&
         !sys::fs::is_regular_file(status) && !sys::fs::is_directory(status);
}

/// Gives this rank its share of the steps; the first one alone writes.
static void join(TrainCommand &command, const Ranks &ranks) {
  command.trainer.ranks = &ranks;
  command.trainer.runtime.communicator = ranks.getCommunicator();
  TrainingRequest &training = *command.compile.training;
  if (training.splitsModel) {
    training.numStages = ranks.getCount();
    training.stage = ranks.getNumber();
  } else {
    training.isShared = ranks.getCount() > 1;
    training.wholeBatch = training.batch;
    training.wholeLastBatch = training.lastBatch;
    training.batch = ranks.getShare(training.batch);
    if (training.lastBatch)
      training.lastBatch =
          std::max<int64_t>(ranks.getShare(training.lastBatch), 1);
  }
  if (ranks.isFirst())
    return;
  command.output.clear();
  command.json.clear();
}

static ExitStatus train(TrainCommand &command, const Ranks &ranks) {
  TrainingData training;
  std::optional<TrainingData> validation;
  if (Error error = readData(command, training, validation)) {
    report(command, std::move(error));
    return kInputAtFault;
  }
  for (const std::string &file : {command.output, command.json})
    if (!file.empty() && !isStream(file) && ranks.isFirst())
      if (Error error = checkWritable(file))
        return report(command, std::move(error));
  command.compile.training->lastBatch =
      training.samples.getNumSamples() % command.trainer.batch;
  join(command, ranks);
  auto compiled =
      TemporaryLibrary::compile(command.model, command.compile, errs());
  if (auto *status = std::get_if<CompileStatus>(&compiled))
    return getExitStatus(*status);
  auto &library = std::get<TemporaryLibrary>(compiled);
  Expected<std::unique_ptr<Trainer>> trainer =
      Trainer::open(library.getPath(), command.trainer);
  if (!trainer)
    return report(command, trainer.takeError());
  if (Error error =
          (*trainer)->setData(std::move(training), std::move(validation)))
    return report(command, std::move(error));
  if (Error error = (*trainer)->openCheckpoint())
    return report(command, std::move(error));
  Expected<std::unique_ptr<TrainingLog>> log = openLog(command, **trainer);
  if (!log)
    return report(command, log.takeError());
  TrainingProgress progress(log->get(), command.trainer.epochs,
                            ranks.isFirst());
  auto addStep = [&](const StepReport &step) { return progress.addStep(step); };
  auto addEpoch = [&](const EpochReport &epoch) {
    return progress.addEpoch(epoch);
  };
  if (Error error = (*trainer)->run({addStep, addEpoch}))
    return report(command, std::move(error));
  if (command.output.empty() || caughtSignal)
    return kDone;
  if (Error error = replaceInitializers(command.model, command.output,
                                        (*trainer)->getParameters()))
    return report(command, std::move(error));
  return kDone;
}

ExitStatus tenon::runTrainCommand(ArrayRef<const char *> arguments) {
  CommandLine line(kTrain, arguments);
  if (line.getExitStatus())
    return *line.getExitStatus();
  TrainCommand command = readCommand(line);
  if (line.getExitStatus())
    return *line.getExitStatus();
  ExitStatus status;
  {
    SignalCatcher catcher;
    Expected<std::unique_ptr<Ranks>> ranks = Ranks::open();
    if (!ranks)
      return report(command, ranks.takeError());
    status = train(command, **ranks);
    if (status != kDone)
      (*ranks)->fail();
  }
  // the training has ended in order; the shell still learns of the signal
  if (caughtSignal) {
    signal(caughtSignal, SIG_DFL);
    raise(caughtSignal);
  }
  return status;
}
