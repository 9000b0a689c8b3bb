//===- Trainer.cpp - epochs over data -------------------------------------===//

#include "tenon/Driver/Trainer.h"

#include "tenon/Driver/TensorList.h"
#include "tenon/Target/TemporaryFolder.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FormatVariadic.h"
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
  result->rankWeight = tenon_find_state(*model, "train/rank_weight");
  result->collectStates = tenon_find_function(*model, "collect_states");
  if (result->train < 0 || result->evaluate < 0 || result->learningRate < 0)
    return createStringError(library + ": expected a training program with the "
                                       "functions 'train' and 'evaluate'");
  tenon_tensor rate;
  tenon_error error = {};
  if (tenon_get_state(result->context.get(), result->learningRate, &rate,
                      &error))
    return makeRuntimeError(error);
  result->baseRate = *static_cast<const float *>(rate.data);
  result->givenNonFinite = result->findNonFinite();
  return std::move(result);
}

/// The program's own guard would stop at such a label as well, but knows no
/// row of the data, and comes after the steps before it.
Error Trainer::checkLabels(const SampleTensor &targets) const {
  const tenon_value_info &scores =
      context->model->functions[evaluate].outputs[1];
  if (!options.isClassifier || scores.rank < 2 || scores.dims[1] < 0)
    return Error::success();
  int64_t classes = scores.dims[1];
  ArrayRef labels(reinterpret_cast<const int64_t *>(targets.bytes.data()),
                  targets.bytes.size() / sizeof(int64_t));
  const int64_t *wrong = llvm::find_if(
      labels, [&](int64_t label) { return label < 0 || label >= classes; });
  if (wrong == labels.end())
    return Error::success();
  int64_t perSample = labels.size() / targets.getNumSamples();
  return createStringError("expected labels from 0 to " + Twine(classes - 1) +
                           ", the classes of output '" + scores.name +
                           "', got " + Twine(*wrong) + " in row " +
                           Twine((wrong - labels.begin()) / perSample) +
                           ", counted from 0");
}

Error Trainer::setData(TrainingData training,
                       std::optional<TrainingData> validationData) {
  const tenon_function &step = context->model->functions[train];
  if (step.num_inputs != 2)
    return createStringError("expected a model of one input to train on "
                             "samples and targets, got " +
                             Twine(step.num_inputs - 1));
  const tenon_value_info *inputs = step.inputs;
  auto fit = [&](TrainingData &given) {
    Error error = given.fit(inputs[0], inputs[1]);
    return error ? std::move(error) : checkLabels(given.targets);
  };
  if (Error error = fit(training))
    return error;
  if (validationData)
    if (Error error = fit(*validationData))
      return createStringError("validation data: " +
                               toString(std::move(error)));
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

static Error setNumber(tenon_context &context, int32_t state, float number) {
  tenon_tensor tensor = {&number, nullptr, TENON_FLOAT32, 0};
  tenon_error error = {};
  if (tenon_set_state(&context, state, &tensor, &error))
    return makeRuntimeError(error);
  return Error::success();
}

Error Trainer::setLearningRate(int64_t step) {
  int64_t numSteps = getNumBatches() * options.epochs;
  return setNumber(*context, learningRate,
                   baseRate * options.schedule.getFactor(step, numSteps));
}

Expected<ArrayRef<int64_t>> Trainer::chooseShare(ArrayRef<int64_t> batch) {
  if (!options.ranks || rankWeight < 0)
    return batch;
  int64_t count = options.ranks->getShare(batch.size());
  double mean = double(batch.size()) / options.ranks->getCount();
  if (Error error = setNumber(*context, rankWeight, count / mean))
    return std::move(error);
  // who has none computes with another's, which does not count
  return count == 0
             ? batch.take_front()
             : batch.slice(options.ranks->getShareBegin(batch.size()), count);
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
  auto chosen = chooseShare(ArrayRef(order).slice(begin, count));
  if (!chosen)
    return chosen.takeError();
  gather(data.samples, *chosen, sampleBuffer);
  gather(data.targets, *chosen, targetBuffer);
  std::vector<int64_t> sampleShape, targetShape;
  tenon_tensor inputs[] = {
      describe(data.samples, sampleBuffer.data(), sampleShape, chosen->size()),
      describe(data.targets, targetBuffer.data(), targetShape, chosen->size())};
  int32_t step = count == options.batch ? train : trainLast;
  auto outputs = callFunction(*context, step, inputs);
  if (!outputs)
    return outputs.takeError();
  float loss = *static_cast<const float *>(outputs->front().data);
  position.lossSum += double(loss) * count;
  return loss;
}

static Error makeDivergenceError(const Twine &what, int64_t step) {
  return createStringError(what + " at step " + Twine(step) +
                           ": look for numbers in the data that are not "
                           "finite, or lower the learning rate");
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
    if (Error error =
            listener.step({step + 1, position.epoch + 1, position.batch,
                           numBatches, *loss, getSeconds(begin)}))
      return error;
    if (!std::isfinite(*loss))
      return makeDivergenceError("the loss is " + formatv("{0}", *loss).str(),
                                 step + 1);
    if (position.batch == numBatches)
      break;
    Expected<bool> stops = isStopped();
    if (!stops)
      return stops.takeError();
    if ((step + 1) % stepsBetweenCheckpoints == 0 || *stops)
      if (Error error = save())
        return error;
    if (*stops)
      return Error::success();
  }
  EpochReport report = {
      position.epoch + 1, position.lossSum / order.size(), {}, {}, 0};
  if (Error error = validate(report))
    return error;
  report.seconds = getSeconds(epochBegin);
  if (Error error = listener.epoch(report))
    return error;
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
  while (position.epoch < options.epochs) {
    Expected<bool> stops = isStopped();
    if (!stops)
      return stops.takeError();
    if (*stops)
      break;
    if (Error error = runEpoch(listener))
      return error;
  }
  if (Error error = collect())
    return error;
  return checkFinite();
}

//===----------------------------------------------------------------------===//
// Numbers that are not finite
//===----------------------------------------------------------------------===//

template <typename T, typename Predicate>
static bool allElements(const tenon_tensor &tensor, Predicate isTrue) {
  return llvm::all_of(ArrayRef(static_cast<const T *>(tensor.data),
                               tenon_num_bytes(&tensor) / sizeof(T)),
                      isTrue);
}

static bool isFinite(const tenon_tensor &tensor) {
  // all bits of a half's exponent are set where it is not finite
  auto isFiniteHalf = [](uint16_t exponent) {
    return [=](uint16_t bits) { return (bits & exponent) != exponent; };
  };
  switch (tensor.dtype) {
  case TENON_FLOAT32:
    return allElements<float>(tensor, [](float x) { return std::isfinite(x); });
  case TENON_FLOAT64:
    return allElements<double>(tensor,
                               [](double x) { return std::isfinite(x); });
  case TENON_FLOAT16:
    return allElements<uint16_t>(tensor, isFiniteHalf(0x7C00));
  case TENON_BFLOAT16:
    return allElements<uint16_t>(tensor, isFiniteHalf(0x7F80));
  default:
    return true;
  }
}

StringSet<> Trainer::findNonFinite() const {
  StringSet<> found;
  const tenon_model &model = *context->model;
  for (int32_t i = 0; i < model.num_states; ++i) {
    tenon_tensor tensor;
    tenon_error error;
    if (tenon_get_state(context.get(), i, &tensor, &error) == TENON_OK &&
        !isFinite(tensor))
      found.insert(model.states[i].name);
  }
  return found;
}

/// The loss is the one before the update, so that what the latest update broke
/// shows in the states alone.
Error Trainer::checkFinite() const {
  for (const auto &entry : findNonFinite())
    if (!givenNonFinite.contains(entry.getKey()))
      return makeDivergenceError("'" + entry.getKey() + "' is not finite",
                                 getNumSteps());
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

Error Trainer::openCheckpoint() {
  if (options.checkpoint.empty())
    return Error::success();
  if (std::error_code code = sys::fs::create_directories(options.checkpoint))
    return createFileError(options.checkpoint, code);
  if (isFirst())
    if (Error error = checkWritable(getCheckpointPath()))
      return error;
  return options.resumes ? load() : Error::success();
}

Error Trainer::collect() {
  if (collectStates < 0)
    return Error::success();
  return callFunction(*context, collectStates, {}).takeError();
}

Error Trainer::save() {
  if (options.checkpoint.empty())
    return Error::success();
  if (Error error = collect())
    return error;
  if (!isFirst())
    return Error::success();
  if (Error error = checkFinite())
    return error;
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
