//===- Train.cpp - tenon train --------------------------------------------===//

#include "Commands.h"
#include "CompileFlags.h"
#include "TrainingProgress.h"

#include "tenon/Driver/TemporaryLibrary.h"
#include "tenon/Driver/Trainer.h"
#include "tenon/ONNX/Export.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace tenon;

static constexpr CommandInfo kTrain = {
    "train", "train MODEL --data DIR|FILE [options]",
    "Train a model for inference (.onnx, .mlir or .mlirbc) on samples and "
    "targets.",
    TrainOption, printTrainingNames};

namespace {
struct TrainCommand {
  std::string model, data, validation, output, json;
  CompileOptions compile;
  TrainerOptions trainer;
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
  trainer.isClassifier = command.compile.training->loss == "cross-entropy";
  trainer.checkpoint = line.get(OPT_checkpoint);
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

static ExitStatus report(const TrainCommand &command, Error error,
                         ExitStatus status = kInputAtFault) {
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

static ExitStatus train(TrainCommand &command) {
  TrainingData training;
  std::optional<TrainingData> validation;
  if (Error error = readData(command, training, validation))
    return report(command, std::move(error));
  command.compile.training->lastBatch =
      training.samples.getNumSamples() % command.trainer.batch;
  auto compiled =
      TemporaryLibrary::compile(command.model, command.compile, errs());
  if (auto *status = std::get_if<CompileStatus>(&compiled))
    return getExitStatus(*status);
  auto &library = std::get<TemporaryLibrary>(compiled);
  Expected<std::unique_ptr<Trainer>> trainer =
      Trainer::open(library.getPath(), command.trainer);
  if (!trainer)
    return report(command, trainer.takeError(), kMachineAtFault);
  if (Error error =
          (*trainer)->setData(std::move(training), std::move(validation)))
    return report(command, std::move(error));

  std::error_code code;
  std::unique_ptr<raw_fd_ostream> json;
  if (!command.json.empty()) {
    json = std::make_unique<raw_fd_ostream>(
        command.json, code,
        command.trainer.resumes ? sys::fs::OF_Append : sys::fs::OF_None);
    if (code)
      return report(command, createFileError(command.json, code),
                    kMachineAtFault);
  }
  TrainingProgress progress(json.get(), command.trainer.epochs);
  if (Error error = (*trainer)->run(
          {[&](const StepReport &step) { progress.addStep(step); },
           [&](const EpochReport &epoch) { progress.addEpoch(epoch); }}))
    return report(command, std::move(error), kMachineAtFault);
  if (command.output.empty())
    return kDone;
  if (Error error = replaceInitializers(command.model, command.output,
                                        (*trainer)->getParameters()))
    return report(command, std::move(error), kMachineAtFault);
  return kDone;
}

ExitStatus tenon::runTrainCommand(ArrayRef<const char *> arguments) {
  CommandLine line(kTrain, arguments);
  if (line.getExitStatus())
    return *line.getExitStatus();
  TrainCommand command = readCommand(line);
  if (line.getExitStatus())
    return *line.getExitStatus();
  return train(command);
}
