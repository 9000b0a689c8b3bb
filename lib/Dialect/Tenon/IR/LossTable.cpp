//===- LossTable.cpp - losses as users and builders ask for them ----------===//

#include "LossTable.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/IndexOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "tenon/Dialect/Tenon/IR/ShapeOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace tenon;

//===----------------------------------------------------------------------===//
// What formulas are made of
//===----------------------------------------------------------------------===//

static const LossRecord &getRecord(Loss loss) {
  const LossRecord *record =
      llvm::find_if(getLossTable(), [&](const LossRecord &record) {
        return record.loss == loss;
      });
  assert(record != getLossTable().end() && "each loss has its record");
  return *record;
}

double LossBuilder::get(StringRef name) const {
  auto given = loss.numbers.find(name.str());
  if (given != loss.numbers.end())
    return given->second.front();
  for (const LossNumber &number : getRecord(loss.loss).numbers)
    if (number.name == name)
      return number.defaultValue;
  llvm_unreachable("a number of this loss");
}

Value LossBuilder::getList(StringRef name) {
  auto given = loss.numbers.find(name.str());
  if (given == loss.numbers.end())
    return {};
  ArrayRef<double> numbers = given->second;
  if (numbers.size() == 1)
    return c.constant(x, numbers.front());
  auto element = cast<FloatType>(getTensorTypeOf(x).getElementType());
  SmallVector<Attribute> values;
  for (double number : numbers)
    values.push_back(c.getFloatAttr(element, number));
  int64_t size = numbers.size();
  return ConstantOp::create(
      c, DenseElementsAttr::get(RankedTensorType::get(size, element), values));
}

Value LossBuilder::sumOfClasses(Value v) {
  return ReduceOp::create(c, ReduceKind::sum, v, ArrayRef<int64_t>{1},
                          /*keep_dims=*/false);
}

Value LossBuilder::getLabels() {
  Value checked = InRangeOp::create(
      c, targets, DimsAttr::get(c.getContext(), getDim(getTensorTypeOf(x), 1)));
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(checked));
  dims.insert(dims.begin() + 1, c.getAffineConstantExpr(1));
  return c.reshape(checked, dims);
}

Value LossBuilder::isLabel() {
  RankedTensorType type = getTensorTypeOf(x);
  Value classes = c.alongAxis(c.countUp(getDim(type, 1)), 1, type.getRank());
  return c.compare(ComparisonPredicate::eq, getLabels(), classes);
}

//===----------------------------------------------------------------------===//
// The mean
//===----------------------------------------------------------------------===//

static SmallVector<int64_t> getAllAxes(Value value) {
  return llvm::to_vector(
      llvm::seq<int64_t>(0, getTensorTypeOf(value).getRank()));
}

static Value reduceAll(Composer &c, ReduceKind kind, Value value) {
  return ReduceOp::create(c, kind, value, getAllAxes(value),
                          /*keep_dims=*/false);
}

/// What each of the numbers counts by the data's word; null: they are equal.
static Value getDataWeights(Composer &c, Value losses,
                            const LossWeights &given) {
  RankedTensorType type = getTensorTypeOf(losses);
  Value weights;
  if (given.ofSamples)
    weights = c.alongAxis(c.cast(given.ofSamples, type.getElementType()), 0,
                          type.getRank());
  if (!given.ofTargets)
    return weights;
  Value ofTargets = c.cast(given.ofTargets, type.getElementType());
  return weights ? c.mul(weights, ofTargets) : ofTargets;
}

static Value getMean(Composer &c, const LossTerms &terms,
                     const LossWeights &given) {
  Value ofData = getDataWeights(c, terms.losses, given);
  if (!ofData && !terms.weights)
    return reduceAll(c, ReduceKind::mean, terms.losses);
  RankedTensorType type = getTensorTypeOf(terms.losses);
  Value losses = terms.losses, weights = terms.weights;
  if (ofData) {
    losses = c.mul(losses, ofData);
    weights = weights ? c.mul(weights, ofData) : ofData;
  }
  Value sum = reduceAll(c, ReduceKind::sum, losses),
        divisor = reduceAll(c, ReduceKind::sum, c.broadcastTo(weights, type));
  Value isNone =
      c.compare(ComparisonPredicate::eq, divisor, c.constant(divisor, 0));
  return c.div(sum, c.select(isNone, c.constant(divisor, 1), divisor));
}

Value tenon::buildLoss(Composer &c, const LossFunction &loss,
                       ValueRange predictions, Value targets,
                       const LossWeights &weights) {
  LossBuilder builder(c, loss, predictions, targets);
  return getMean(c, getRecord(loss.loss).build(builder), weights);
}

//===----------------------------------------------------------------------===//
// What it takes
//===----------------------------------------------------------------------===//

unsigned tenon::getNumPredictions(Loss loss) {
  return getRecord(loss).numPredictions;
}

/// A list has a number for each class of predictions of `type`.
static LogicalResult checkLists(Location loc, const LossFunction &loss,
                                RankedTensorType type) {
  bool hasClasses = getRecord(loss.loss).targets == LossRecord::Labels;
  int64_t classes = type.getDimSize(
      hasClasses ? 1 : std::max<int64_t>(type.getRank() - 1, 0));
  for (const auto &[name, numbers] : loss.numbers)
    if (numbers.size() > 1 && int64_t(numbers.size()) != classes)
      return emitError(loc)
             << "expected one number, or one for each class of predictions "
             << type << ", for " << name << ", got " << numbers.size();
  return success();
}

FailureOr<RankedTensorType> tenon::getTargetType(const LossFunction &loss,
                                                 ValueRange predictions) {
  const LossRecord &record = getRecord(loss.loss);
  Location loc = predictions.front().getLoc();
  if (predictions.size() != record.numPredictions)
    return emitError(loc) << "expected " << record.numPredictions
                          << " predictions for " << record.name << ", got "
                          << predictions.size();
  auto type = dyn_cast<RankedTensorType>(predictions.front().getType());
  for (Value prediction : predictions)
    if (!type || !isa<FloatType>(type.getElementType()) ||
        prediction.getType() != type)
      return emitError(prediction.getLoc())
             << "expected predictions of floats for a loss"
             << (predictions.size() > 1 ? ", all of one type, got " : ", got ")
             << prediction.getType();
  auto expect = [&](bool isRight, StringRef shape) -> LogicalResult {
    if (isRight)
      return success();
    return emitError(loc) << "expected predictions " << shape << " for "
                          << record.name << ", got " << type;
  };
  auto integer = IntegerType::get(type.getContext(), 64);
  SmallVector<AffineExpr> dims = getDims(type);
  switch (record.targets) {
  case LossRecord::None:
    if (failed(expect(type.getRank() == 2, "[N, features]")))
      return failure();
    return RankedTensorType();
  case LossRecord::LikePredictions:
    if (record.sumsClasses &&
        failed(expect(type.getRank() >= 2, "[N, classes, ...]")))
      return failure();
    return failed(checkLists(loc, loss, type)) ? FailureOr<RankedTensorType>()
                                               : type;
  case LossRecord::Labels: {
    if (failed(expect(type.getRank() >= 2, "[N, classes, ...]")) ||
        failed(checkLists(loc, loss, type)))
      return failure();
    auto soft = loss.numbers.find("soft");
    if (soft != loss.numbers.end() && soft->second.front() != 0)
      return type;
    dims.erase(dims.begin() + 1);
    return getTensorType(dims, integer);
  }
  case LossRecord::LabelSequences:
    if (failed(expect(type.getRank() == 3, "[N, steps, classes]")))
      return failure();
    return getTensorType(
        {dims[0], getFreshDimSymbol(type.getContext(), "labels")}, integer);
  }
  llvm_unreachable("all kinds of targets are handled");
}

SmallVector<AffineExpr> tenon::getLossDims(const LossFunction &loss,
                                           ValueRange predictions) {
  const LossRecord &record = getRecord(loss.loss);
  SmallVector<AffineExpr> dims = getDims(getTensorTypeOf(predictions.front()));
  if (record.targets == LossRecord::None ||
      record.targets == LossRecord::LabelSequences)
    dims.truncate(1);
  else if (record.sumsClasses)
    dims.erase(dims.begin() + 1);
  return dims;
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

bool tenon::isLossName(StringRef name) {
  return llvm::any_of(getLossTable(), [&](const LossRecord &record) {
    return record.name == name;
  });
}

std::string tenon::getLossNames() {
  return llvm::join(
      llvm::map_range(getLossTable(),
                      [](const LossRecord &record) { return record.name; }),
      ", ");
}

void tenon::printLosses(raw_ostream &os) {
  for (const LossRecord &record : getLossTable()) {
    os << "  " << llvm::left_justify(record.name, 15);
    llvm::interleave(
        record.numbers, os,
        [&](const LossNumber &n) {
          os << n.name << '=' << llvm::format("%g", n.defaultValue);
          if (n.isList)
            os << "[/...]";
        },
        ",");
    os << '\n';
  }
}

static std::string getText(double number) {
  std::string text;
  llvm::raw_string_ostream(text) << llvm::format("%g", number);
  return text;
}

static FailureOr<std::vector<double>>
parseNumbers(Location loc, const LossRecord &record, StringRef entry) {
  auto [key, text] = entry.split('=');
  const LossNumber *known = llvm::find_if(
      record.numbers, [&](const LossNumber &n) { return n.name == key; });
  if (known == record.numbers.end()) {
    auto names = llvm::map_range(record.numbers,
                                 [](const LossNumber &n) { return n.name; });
    return emitError(loc) << "expected "
                          << (record.numbers.empty() ? "no numbers"
                                                     : "numbers out of ")
                          << llvm::join(names, ", ") << " for the loss "
                          << record.name << ", got '" << entry << "'";
  }
  SmallVector<StringRef> parts;
  text.split(parts, '/');
  std::vector<double> numbers(parts.size());
  for (auto [part, number] : llvm::zip_equal(parts, numbers))
    if (part.getAsDouble(number) || number < known->least ||
        number > known->most || (!known->isList && parts.size() != 1)) {
      auto message = emitError(loc)
                     << "expected " << (known->isList ? "numbers" : "a number")
                     << " from " << getText(known->least);
      if (known->most != HUGE_VAL)
        message << " to " << getText(known->most);
      return message << " for " << key << " of the loss " << record.name
                     << ", got '" << text << "'";
    }
  return numbers;
}

FailureOr<LossFunction> tenon::parseLoss(Location loc, StringRef text) {
  auto [name, numbers] = text.split(':');
  const LossRecord *record =
      llvm::find_if(getLossTable(), [name = name](const LossRecord &record) {
        return record.name == name;
      });
  if (record == getLossTable().end())
    return emitError(loc) << "expected a loss out of " << getLossNames()
                          << ", got '" << name << "'";
  LossFunction result(record->loss);
  SmallVector<StringRef> entries;
  numbers.split(entries, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef entry : entries) {
    FailureOr<std::vector<double>> parsed = parseNumbers(loc, *record, entry);
    if (failed(parsed))
      return failure();
    result.numbers[entry.split('=').first.str()] = std::move(*parsed);
  }
  return result;
}
