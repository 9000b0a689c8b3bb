//===- MakeTrainable.cpp - what users ask of a training -------------------===//

#include "tenon/Pipelines/MakeTrainable.h"
#include "tenon/Autodiff/Optimizers.h"
#include "tenon/Autodiff/TrainingProgram.h"

using namespace mlir;
using namespace tenon;

/// KEY=VALUE, split at the last `=`, for names may have some.
static FailureOr<std::pair<std::string, std::string>>
splitPair(Location loc, StringRef option, StringRef text) {
  auto [key, value] = text.rsplit('=');
  if (key.empty() || value.empty())
    return emitError(loc) << "expected " << option << ", got '" << text << "'";
  return std::pair(key.str(), value.str());
}

static FailureOr<TrainingLoss> readLoss(Location loc,
                                        const TrainingRequest &request) {
  TrainingLoss loss;
  FailureOr<std::vector<LossTerm>> terms = parseLossTerms(loc, request.loss);
  if (failed(terms))
    return failure();
  loss.terms = std::move(*terms);
  loss.output = request.lossOutput;
  for (StringRef text : request.targets) {
    auto pair = splitPair(loc, "--target OUTPUT=INPUT", text);
    if (failed(pair))
      return failure();
    loss.targets.push_back(std::move(*pair));
  }
  loss.sampleWeight = request.sampleWeight;
  loss.targetWeight = request.targetWeight;
  return loss;
}

static LogicalResult readBatchAxes(Location loc, const TrainingRequest &request,
                                   TrainingOptions &options) {
  for (StringRef text : request.batchAxes) {
    auto pair = splitPair(loc, "--batch-axis INPUT=AXIS", text);
    if (failed(pair))
      return failure();
    int64_t axis = -1;
    bool isNumber = !StringRef(pair->second).getAsInteger(10, axis);
    if (isNumber ? axis < 0 : pair->second != "none")
      return emitError(loc)
             << "expected a dimension, counted from 0, or 'none' "
                "for --batch-axis, got '"
             << pair->second << "'";
    options.batchAxes.push_back({pair->first, axis});
  }
  return success();
}

LogicalResult tenon::makeTrainable(ModuleOp module,
                                   const TrainingRequest &request) {
  Location loc = module.getLoc();
  TrainingOptions options;
  FailureOr<TrainingLoss> loss = readLoss(loc, request);
  if (failed(loss) || failed(readBatchAxes(loc, request, options)))
    return failure();
  FailureOr<OptimizerAttr> optimizer = parseOptimizer(loc, request.optimizer);
  if (failed(optimizer))
    return failure();
  options.loss = std::move(*loss);
  options.optimizer = *optimizer;
  options.step.groups = request.groups;
  options.step.clipValue = request.clipValue;
  options.step.clipEach = request.clipEach;
  options.step.accumulate = request.accumulate;
  options.step.gradients = request.gradients;
  options.parameters = request.parameters;
  options.frozen = request.frozen;
  options.clipNorm = request.clipNorm;
  options.seed = request.seed;
  options.batch = request.batch;
  options.lastBatch = request.lastBatch;
  options.isShared = request.isShared;
  options.wholeBatch = request.wholeBatch;
  options.wholeLastBatch = request.wholeLastBatch;
  options.syncsBatchNorm = request.syncsBatchNorm;
  options.numStages = request.numStages;
  options.stage = request.stage;
  options.places = request.places;
  options.microBatches = request.microBatches;
  return buildTrainingProgram(module, options);
}
