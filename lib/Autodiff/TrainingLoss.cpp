//===- TrainingLoss.cpp - which outputs become the loss -------------------===//

#include "tenon/Autodiff/TrainingLoss.h"
#include "tenon/Dialect/Tenon/IR/NormalizationOps.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace tenon;

//===----------------------------------------------------------------------===//
// As text
//===----------------------------------------------------------------------===//

/// Splits at `+`, but not in numbers as 1e+3.
static SmallVector<StringRef> splitTerms(StringRef text) {
  SmallVector<StringRef> terms;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    bool isExponent = i >= 2 && (text[i - 1] == 'e' || text[i - 1] == 'E') &&
                      llvm::isDigit(text[i - 2]);
    if (text[i] != '+' || isExponent)
      continue;
    terms.push_back(text.slice(begin, i).trim());
    begin = i + 1;
  }
  terms.push_back(text.substr(begin).trim());
  return terms;
}

/// An output's name may have colons: the loss is the last part without `=`.
static FailureOr<LossTerm> parseTerm(Location loc, StringRef text) {
  LossTerm term;
  auto [factor, rest] = text.split('*');
  if (!rest.empty() && !factor.trim().getAsDouble(term.factor))
    text = rest.trim();
  size_t numbers = text.rfind(':');
  if (numbers != StringRef::npos && !text.substr(numbers).contains('='))
    numbers = StringRef::npos;
  size_t name = text.take_front(numbers).rfind(':');
  StringRef outputs = name == StringRef::npos ? "" : text.take_front(name);
  SmallVector<StringRef> parts;
  outputs.split(parts, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef part : parts)
    term.outputs.push_back(part.trim().str());
  FailureOr<LossFunction> loss = parseLoss(
      loc, name == StringRef::npos ? text : text.substr(name + 1).trim());
  if (failed(loss))
    return failure();
  term.loss = std::move(*loss);
  return term;
}

FailureOr<std::vector<LossTerm>> tenon::parseLossTerms(Location loc,
                                                       StringRef text) {
  std::vector<LossTerm> terms;
  for (StringRef part : splitTerms(text)) {
    FailureOr<LossTerm> term = parseTerm(loc, part);
    if (failed(term))
      return failure();
    terms.push_back(std::move(*term));
  }
  return terms;
}

//===----------------------------------------------------------------------===//
// Outputs
//===----------------------------------------------------------------------===//

std::string tenon::getOutputName(func::FuncOp function, unsigned index) {
  auto name = function.getResultAttrOfType<StringAttr>(index, nameAttrName);
  return name ? name.str() : "output_" + std::to_string(index);
}

static SmallVector<std::string> getOutputNames(func::FuncOp function) {
  SmallVector<std::string> names;
  for (unsigned i = 0, e = function.getNumResults(); i < e; ++i)
    names.push_back(getOutputName(function, i));
  return names;
}

static FailureOr<unsigned> findOutput(func::FuncOp function, StringRef name) {
  SmallVector<std::string> names = getOutputNames(function);
  auto *found = llvm::find(names, name);
  if (found == names.end())
    return function.emitError("expected an output out of ")
           << llvm::join(names, ", ") << " for the loss, got '" << name << "'";
  return found - names.begin();
}

/// The outputs of a term in the order in which its loss takes them.
static FailureOr<SmallVector<unsigned>> findOutputs(func::FuncOp function,
                                                    const LossTerm &term) {
  SmallVector<unsigned> indices;
  for (StringRef name : term.outputs) {
    FailureOr<unsigned> index = findOutput(function, name);
    if (failed(index))
      return failure();
    indices.push_back(*index);
  }
  if (indices.empty())
    llvm::append_range(indices,
                       llvm::seq(std::min(getNumPredictions(term.loss.loss),
                                          function.getNumResults())));
  return indices;
}

FailureOr<SmallVector<unsigned>>
tenon::findPredictions(func::FuncOp function, const TrainingLoss &loss) {
  SmallVector<unsigned> found;
  if (!loss.output.empty())
    return failed(findOutput(function, loss.output))
               ? FailureOr<SmallVector<unsigned>>()
               : found;
  bool isSaid = true;
  for (const LossTerm &term : loss.terms) {
    FailureOr<SmallVector<unsigned>> outputs = findOutputs(function, term);
    if (failed(outputs))
      return failure();
    llvm::append_range(found, *outputs);
    isSaid &= !term.outputs.empty();
  }
  llvm::sort(found);
  found.erase(llvm::unique(found), found.end());
  SmallVector<std::string> names = getOutputNames(function), others;
  for (auto [index, name] : llvm::enumerate(names))
    if (!llvm::is_contained(found, index))
      others.push_back(name);
  if (!isSaid && !others.empty())
    function.emitWarning("the loss takes the first output, '")
        << names.front() << "'; nothing trains " << llvm::join(others, ", ")
        << " (--loss OUTPUT:LOSS chooses another output)";
  return found;
}

/// The predictions as the loss takes them: cross-entropy has a softmax.
static Value getLossInput(Value predictions, Loss loss) {
  if (loss != Loss::CrossEntropy)
    return predictions;
  if (auto softmax = predictions.getDefiningOp<SoftmaxOp>();
      softmax && softmax.getAxis() == 1)
    return softmax.getOperand();
  if (auto softmax = predictions.getDefiningOp<LogSoftmaxOp>();
      softmax && softmax.getAxis() == 1)
    return softmax.getOperand();
  return predictions;
}

//===----------------------------------------------------------------------===//
// Inputs and results
//===----------------------------------------------------------------------===//

namespace {
class LossAdder {
public:
  LossAdder(func::FuncOp function, const TrainingLoss &loss)
      : function(function), loss(loss),
        c(function.getLoc(), OpBuilder(function.front().getTerminator())) {}

  /// The loss, and the terms that are reported besides.
  LogicalResult addTerms();
  LogicalResult takeOutput();
  void setResults(ArrayRef<unsigned> predictions, bool keepsPredictions);

private:
  FailureOr<Value> addTerm(const LossTerm &term);
  std::string getTargetName(ArrayRef<unsigned> outputs);
  FailureOr<Value> getInput(StringRef name, RankedTensorType type);
  void addResult(StringRef name, Value value) {
    values.push_back(value);
    names.push_back(c.getDictionaryAttr(
        c.getNamedAttr(nameAttrName, c.getStringAttr(name))));
  }

  func::FuncOp function;
  const TrainingLoss &loss;
  Composer c;
  SmallVector<Value> values;
  SmallVector<Attribute> names;
};
} // namespace

/// Several losses may take one target.
FailureOr<Value> LossAdder::getInput(StringRef name, RankedTensorType type) {
  for (BlockArgument argument : function.getArguments()) {
    auto given = function.getArgAttrOfType<StringAttr>(argument.getArgNumber(),
                                                       nameAttrName);
    if (!given || given != name)
      continue;
    if (argument.getType() == type)
      return Value(argument);
    return function.emitError("expected an input '")
           << name << "' of type " << type << " for the loss, got "
           << argument.getType();
  }
  unsigned index = function.getNumArguments();
  auto attributes =
      c.getDictionaryAttr(c.getNamedAttr(nameAttrName, c.getStringAttr(name)));
  if (failed(
          function.insertArgument(index, type, attributes, function.getLoc())))
    return failure();
  return Value(function.getArgument(index));
}

std::string LossAdder::getTargetName(ArrayRef<unsigned> outputs) {
  std::string output = getOutputName(function, outputs.front());
  for (const auto &[name, input] : loss.targets)
    if (name == output)
      return input;
  return loss.terms.size() == 1 ? "target" : "target_" + output;
}

FailureOr<Value> LossAdder::addTerm(const LossTerm &term) {
  FailureOr<SmallVector<unsigned>> outputs = findOutputs(function, term);
  if (failed(outputs))
    return failure();
  SmallVector<Value> predictions;
  for (unsigned index : *outputs)
    predictions.push_back(getLossInput(
        function.front().getTerminator()->getOperand(index), term.loss.loss));
  FailureOr<RankedTensorType> type = getTargetType(term.loss, predictions);
  if (failed(type))
    return failure();
  FailureOr<Value> targets = Value();
  if (*type)
    targets = getInput(getTargetName(*outputs), *type);
  LossWeights weights;
  auto addWeights = [&](StringRef name, ArrayRef<AffineExpr> dims,
                        Value &value) {
    if (name.empty())
      return success();
    FailureOr<Value> input =
        getInput(name, getTensorType(dims, c.getF32Type()));
    value = input.value_or(Value());
    return LogicalResult(input);
  };
  SmallVector<AffineExpr> dims = getLossDims(term.loss, predictions);
  if (failed(targets) ||
      failed(addWeights(loss.sampleWeight, dims.front(), weights.ofSamples)) ||
      failed(addWeights(loss.targetWeight, dims, weights.ofTargets)))
    return failure();
  return buildLoss(c, term.loss, predictions, *targets, weights);
}

LogicalResult LossAdder::addTerms() {
  Value sum;
  SmallVector<std::pair<std::string, Value>> reported;
  for (const LossTerm &term : loss.terms) {
    FailureOr<Value> value = addTerm(term);
    if (failed(value))
      return failure();
    FailureOr<SmallVector<unsigned>> outputs = findOutputs(function, term);
    reported.push_back(
        {"loss/" + getOutputName(function, outputs->front()), *value});
    Value part = *value;
    if (sum)
      part = c.cast(part, getTensorTypeOf(sum).getElementType());
    if (term.factor != 1)
      part = c.mul(part, c.constant(part, term.factor));
    sum = c.addIfAny(sum, part);
  }
  addResult("loss", sum);
  if (reported.size() > 1)
    for (const auto &[name, value] : reported)
      addResult(name, value);
  return success();
}

LogicalResult LossAdder::takeOutput() {
  FailureOr<unsigned> index = findOutput(function, loss.output);
  if (failed(index))
    return failure();
  Value value = function.front().getTerminator()->getOperand(*index);
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !isa<FloatType>(type.getElementType()) ||
      !type.hasStaticShape() || type.getNumElements() != 1)
    return function.emitError("expected one number of floats as the loss, got "
                              "output '")
           << loss.output << "' of type " << value.getType();
  addResult("loss", c.reshape(value, {}));
  return success();
}

void LossAdder::setResults(ArrayRef<unsigned> predictions,
                           bool keepsPredictions) {
  Operation *terminator = function.front().getTerminator();
  if (keepsPredictions) {
    values.truncate(1);
    names.truncate(1);
    for (unsigned i = 0, e = terminator->getNumOperands(); i < e; ++i) {
      bool isKept = loss.output.empty()
                        ? llvm::is_contained(predictions, i)
                        : getOutputName(function, i) != loss.output;
      if (isKept)
        addResult(getOutputName(function, i), terminator->getOperand(i));
    }
  }
  terminator->setOperands(values);
  function.setType(FunctionType::get(function.getContext(),
                                     function.getArgumentTypes(),
                                     ValueRange(values).getTypes()));
  function.setAllResultAttrs(c.getArrayAttr(names));
}

LogicalResult tenon::addLoss(func::FuncOp function, const TrainingLoss &loss,
                             ArrayRef<unsigned> predictions,
                             bool keepsPredictions) {
  LossAdder adder(function, loss);
  if (failed(loss.output.empty() ? adder.addTerms() : adder.takeOutput()))
    return failure();
  adder.setResults(predictions, keepsPredictions);
  return success();
}
