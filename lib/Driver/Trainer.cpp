//===- Trainer.cpp - epochs over data -------------------------------------===//

#include "tenon/Driver/Trainer.h"

#include "tenon/Driver/TensorList.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstring>
#include <numeric>

using namespace llvm;
using namespace tenon;

static constexpr int64_t stepsBetweenCheckpoints = 200;

using Clock = std::chrono::steady_clock;

static double getSeconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

Expected<std::unique_ptr<Trainer>>
Trainer::open(StringRef library, const TrainerOptions &options) {
  Expected<const tenon_model *> model = loadModel(library);
  if (!model)
    return model.takeError();
  Expected<ContextPtr> context = openContext(**model, options.runtime);
  if (!context)
    return context.takeError();
  std::unique_ptr<Trainer> result(new Trainer(options));
  result->context = std::move(*context);
  result->train = tenon_find_function(*model, "train");
  result->trainLast = tenon_find_function(*model, "train_last");
  result->evaluate = tenon_find_function(*model, "evaluate");
  result->learningRate = tenon_find_state(*model, "train/learning_rate");
  if (result->train < 0 || result->evaluate < 0 || result->learningRate < 0)
    return createStringError(library + ": expected a training program with the "
                                       "functions 'train' and 'evaluate'");
  tenon_tensor rate;
  tenon_error error = {};
  if (tenon_get_state(result->context.get(), result->learningRate, &rate,
                      &error))
    return makeRuntimeError(error);
  result->baseRate = *static_cast<const float *>(rate.data);
  return std::move(result);
}

Error Trainer::setData(TrainingData training,
                       std::optional<TrainingData> validationData) {
  const tenon_function &step = context->model->functions[train];
  if (step.num_inputs != 2)
    return createStringError("expected a model of one input to train on "
                             "samples and targets, got " +
                             Twine(step.num_inputs - 1));
  const tenon_value_info *inputs = step.inputs;
  if (Error error = training.fit(inputs[0], inputs[1]))
    return error;
  if (validationData)
    if (Error error = validationData->fit(inputs[0], inputs[1]))
      return joinErrors(createStringError("validation data"), std::move(error));
  data = std::move(training);
  validation = std::move(validationData);
  sampleBuffer.resize(options.batch * data.samples.getSampleBytes());
  targetBuffer.resize(options.batch * data.targets.getSampleBytes());
  return Error::success();
}

int64_t Trainer::getNumBatches() const {
  return (data.samples.getNumSamples() + options.batch - 1) / options.batch;
}

/// The order of an epoch follows from the seed and its number alone
/// (Fisher and Yates, with the numbers of splitmix64).
void Trainer::shuffle(int64_t epoch) {
  order.resize(data.samples.getNumSamples());
  std::iota(order.begin(), order.end(), 0);
  if (!options.shuffles)
    return;
  uint64_t state = options.seed * 0x9E3779B97F4A7C15u + epoch + 1;
  auto next = [&] {
    uint64_t z = (state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  };
  for (size_t i = order.size(); i > 1; --i)
    std::swap(order[i - 1], order[next() % i]);
}

Error Trainer::setLearningRate(int64_t step) {
  int64_t numSteps = getNumBatches() * options.epochs;
  float rate = baseRate * options.schedule.getFactor(step, numSteps);
  tenon_tensor tensor = {&rate, nullptr, TENON_FLOAT32, 0};
  tenon_error error = {};
  if (tenon_set_state(context.get(), learningRate, &tensor, &error))
    return makeRuntimeError(error);
  return Error::success();
}

/// Copies chosen samples next to each other.
static void gather(const SampleTensor &from, ArrayRef<int64_t> chosen,
                   std::vector<char> &to) {
  size_t size = from.getSampleBytes();
  for (auto [i, sample] : llvm::enumerate(chosen))
    memcpy(&to[i * size], &from.bytes[sample * size], size);
}

static tenon_tensor describe(const SampleTensor &like, void *bytes,
                             std::vector<int64_t> &shape, int64_t count) {
  shape = like.shape;
  shape[0] = count;
  return {bytes, shape.data(), like.dtype, static_cast<int32_t>(shape.size())};
}

Expected<double> Trainer::runStep(int64_t batch) {
  int64_t begin = batch * options.batch,
          count = std::min<int64_t>(options.batch, order.size() - begin);
  ArrayRef<int64_t> chosen = ArrayRef(order).slice(begin, count);
  gather(data.samples, chosen, sampleBuffer);
  gather(data.targets, chosen, targetBuffer);
  std::vector<int64_t> sampleShape, targetShape;
  tenon_tensor inputs[] = {
      describe(data.samples, sampleBuffer.data(), sampleShape, count),
      describe(data.targets, targetBuffer.data(), targetShape, count)};
  int32_t step = count == options.batch ? train : trainLast;
  auto outputs = callFunction(*context, step, inputs);
  if (!outputs)
    return outputs.takeError();
  float loss = *static_cast<const float *>(outputs->front().data);
  position.lossSum += double(loss) * count;
  return loss;
}

Error Trainer::runEpoch(const TrainingListener &listener) {
  Clock::time_point epochBegin = Clock::now();
  shuffle(position.epoch);
  int64_t numBatches = getNumBatches();
  while (position.batch < numBatches) {
    Clock::time_point begin = Clock::now();
    int64_t step = position.epoch * numBatches + position.batch;
    if (Error error = setLearningRate(step))
      return error;
    Expected<double> loss = runStep(position.batch);
    if (!loss)
      return loss.takeError();
    ++position.batch;
    listener.step({step + 1, position.epoch + 1, position.batch, numBatches,
                   *loss, getSeconds(begin)});
    if ((step + 1) % stepsBetweenCheckpoints == 0 &&
        position.batch < numBatches)
      if (Error error = save())
        return error;
  }
  EpochReport report = {
      position.epoch + 1, position.lossSum / order.size(), {}, {}, 0};
  if (Error error = validate(report))
    return error;
  report.seconds = getSeconds(epochBegin);
  listener.epoch(report);
  position = {position.epoch + 1, 0, 0};
  return save();
}

/// How many rows of scores [count, classes, ...] have their largest element at
/// the target. Positions behind the classes are separate answers.
static int64_t countCorrect(const tenon_tensor &scores,
                            const int64_t *targets) {
  int64_t count = scores.shape[0], classes = scores.shape[1];
  int64_t inner = 1;
  for (int32_t i = 2; i < scores.rank; ++i)
    inner *= scores.shape[i];
  auto *data = static_cast<const float *>(scores.data);
  int64_t correct = 0;
  for (int64_t i = 0; i < count; ++i)
    for (int64_t j = 0; j < inner; ++j) {
      const float *row = data + i * classes * inner + j;
      int64_t best = 0;
      for (int64_t k = 1; k < classes; ++k)
        if (row[k * inner] > row[best * inner])
          best = k;
      correct += best == targets[i * inner + j];
    }
  return correct;
}

Error Trainer::validate(EpochReport &report) {
  if (!validation)
    return Error::success();
  double lossSum = 0;
  int64_t correct = 0, answers = 0, total = validation->samples.getNumSamples();
  std::vector<int64_t> shape, targetShape;
  for (int64_t begin = 0; begin < total; begin += options.batch) {
    int64_t count = std::min<int64_t>(options.batch, total - begin);
    SampleTensor &samples = validation->samples, &targets = validation->targets;
    tenon_tensor inputs[] = {
        describe(samples, &samples.bytes[begin * samples.getSampleBytes()],
                 shape, count),
        describe(targets, &targets.bytes[begin * targets.getSampleBytes()],
                 targetShape, count)};
    auto outputs = callFunction(*context, evaluate, inputs);
    if (!outputs)
      return outputs.takeError();
    lossSum +=
        double(*static_cast<const float *>(outputs->front().data)) * count;
    if (!options.isClassifier)
      continue;
    correct += countCorrect((*outputs)[1],
                            static_cast<const int64_t *>(inputs[1].data));
    answers += tenon_num_elements(inputs[1].shape, inputs[1].rank);
  }
  report.validationLoss = lossSum / total;
  if (options.isClassifier)
    report.validationAccuracy = double(correct) / answers;
  return Error::success();
}

Error Trainer::run(const TrainingListener &listener) {
  if (options.resumes)
    if (Error error = load())
      return error;
  while (position.epoch < options.epochs)
    if (Error error = runEpoch(listener))
      return error;
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Checkpoints
//===----------------------------------------------------------------------===//

std::string Trainer::getCheckpointPath() const {
  SmallString<128> path(options.checkpoint);
  sys::path::append(path, "checkpoint.tenon");
  return path.str().str();
}

namespace {
/// What a checkpoint says besides the parameters. A training that is resumed
/// has to be the same one.
struct CheckpointNote {
  int64_t epoch, batch;
  double lossSum;
  int64_t batchSize, numSamples;
  uint64_t seed, shuffles;
};
} // namespace

Error Trainer::save() {
  if (options.checkpoint.empty())
    return Error::success();
  if (std::error_code code = sys::fs::create_directories(options.checkpoint))
    return createFileError(options.checkpoint, code);
  CheckpointNote note = {position.epoch,
                         position.batch,
                         position.lossSum,
                         options.batch,
                         data.samples.getNumSamples(),
                         options.seed,
                         options.shuffles};
  tenon_error error = {};
  if (tenon_save_state(context.get(), getCheckpointPath().c_str(), &note,
                       sizeof(note), &error))
    return makeRuntimeError(error);
  return Error::success();
}

Error Trainer::load() {
  std::string path = getCheckpointPath();
  if (!sys::fs::exists(path)) // killed before the first one: from the start
    return Error::success();
  CheckpointNote note = {};
  size_t size = sizeof(note);
  tenon_error error = {};
  if (tenon_load_state(context.get(), path.c_str(), &note, &size, &error))
    return makeRuntimeError(error);
  if (size != sizeof(note) || note.batchSize != options.batch ||
      note.numSamples != data.samples.getNumSamples() ||
      note.seed != options.seed || note.shuffles != options.shuffles)
    return createStringError(path + ": expected a checkpoint of the same data, "
                                    "--batch, --seed and --no-shuffle");
  position = {note.epoch, note.batch, note.lossSum};
  return Error::success();
}

StringMap<ArrayRef<char>> Trainer::getParameters() const {
  StringMap<ArrayRef<char>> result;
  const tenon_model &model = *context->model;
  for (int32_t i = 0; i < model.num_states; ++i) {
    tenon_tensor tensor;
    tenon_error error;
    if (tenon_get_state(context.get(), i, &tensor, &error) == TENON_OK)
      result[model.states[i].name] = ArrayRef(
          static_cast<const char *>(tensor.data), tenon_num_bytes(&tensor));
  }
  return result;
}
