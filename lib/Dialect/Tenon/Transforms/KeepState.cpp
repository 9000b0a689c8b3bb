//===- KeepState.cpp - inputs and outputs that become state ---------------===//

#include "tenon/Dialect/Tenon/Transforms/KeepState.h"
#include "mlir/IR/SymbolTable.h"
#include "tenon/Dialect/Tenon/IR/TenonOps.h"
#include "tenon/Dialect/Tenon/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace tenon {
#define GEN_PASS_DEF_KEEPSTATEPASS
#include "tenon/Dialect/Tenon/Transforms/Passes.h.inc"
} // namespace tenon

using namespace mlir;
using namespace tenon;

namespace {
/// An argument and the result that is its next value, by number.
struct Pair {
  unsigned input, output;
};
} // namespace

static SmallVector<std::string> getNames(func::FuncOp function, bool ofInputs) {
  SmallVector<std::string> names;
  unsigned count =
      ofInputs ? function.getNumArguments() : function.getNumResults();
  for (unsigned i = 0; i < count; ++i) {
    auto name = ofInputs
                    ? function.getArgAttrOfType<StringAttr>(i, nameAttrName)
                    : function.getResultAttrOfType<StringAttr>(i, nameAttrName);
    names.push_back(name ? name.str() : "");
  }
  return names;
}

//===----------------------------------------------------------------------===//
// Which inputs and outputs belong together
//===----------------------------------------------------------------------===//

/// What a `*` of `pattern` stands for in `name`; nullopt where they differ.
static std::optional<StringRef> match(StringRef pattern, StringRef name) {
  auto [before, after] = pattern.split('*');
  if (!pattern.contains('*'))
    return pattern == name ? std::optional<StringRef>("") : std::nullopt;
  if (name.size() < before.size() + after.size() || !name.starts_with(before) ||
      !name.ends_with(after))
    return std::nullopt;
  return name.drop_front(before.size()).drop_back(after.size());
}

static std::string replaceStar(StringRef pattern, StringRef text) {
  auto [before, after] = pattern.split('*');
  return pattern.contains('*') ? (before + text + after).str() : pattern.str();
}

/// Whether a value of type `next` can follow one of `type`: where the sizes
/// are numbers, they are equal.
static bool canFollow(Type next, Type type) {
  auto from = dyn_cast<RankedTensorType>(type),
       to = dyn_cast<RankedTensorType>(next);
  return from && to && from.getElementType() == to.getElementType() &&
         succeeded(verifyCompatibleShape(from, to));
}

/// The names under which exporters return the next value of `input`.
static SmallVector<std::string> guessOutputs(StringRef input) {
  SmallVector<std::string> names;
  auto replace = [&](StringRef what, StringRef by) {
    if (size_t at = input.find(what); at != StringRef::npos)
      names.push_back(
          (input.take_front(at) + by + input.drop_front(at + what.size()))
              .str());
  };
  replace("past_key_values", "present");
  replace("past_key_values", "present_key_values");
  replace("past", "present");
  replace("cache_in", "cache_out");
  replace("in_", "out_");
  for (StringRef end : {"_in", "0", "_prev", "_old"})
    if (StringRef stem = input; stem.consume_back(end))
      for (StringRef next : {"_out", "n", "N", "_n", "_next", "_new", "1"})
        names.push_back((stem + next).str());
  for (StringRef next : {"n", "N", "_n", "_out", "_next", "_new", ".out"})
    names.push_back((input + next).str());
  for (StringRef next : {"new_", "next_", "out_", "updated_"})
    names.push_back((next + input).str());
  return names;
}

/// Pairs that names and types suggest; an output belongs to one input.
static SmallVector<Pair> guessPairs(func::FuncOp function) {
  SmallVector<std::string> inputs = getNames(function, true),
                           outputs = getNames(function, false);
  SmallVector<Pair> pairs;
  llvm::DenseSet<unsigned> taken;
  for (auto [i, input] : llvm::enumerate(inputs))
    for (const std::string &guess : guessOutputs(input)) {
      unsigned o = llvm::find(outputs, guess) - outputs.begin();
      if (o == outputs.size() || taken.contains(o) ||
          !canFollow(function.getResultTypes()[o],
                     function.getArgumentTypes()[i]))
        continue;
      taken.insert(o);
      pairs.push_back({static_cast<unsigned>(i), o});
      break;
    }
  return pairs;
}

/// The pairs of one "INPUT=OUTPUT".
static FailureOr<SmallVector<Pair>> findPairs(func::FuncOp function,
                                              StringRef text) {
  auto [pattern, outputPattern] = text.split('=');
  if (pattern.empty() || outputPattern.empty() || pattern.count('*') > 1 ||
      outputPattern.count('*') > pattern.count('*'))
    return function.emitError()
           << "expected state as INPUT=OUTPUT, each with one * at most, or "
              "auto, got '"
           << text << "'";
  SmallVector<std::string> inputs = getNames(function, true),
                           outputs = getNames(function, false);
  SmallVector<Pair> pairs;
  for (auto [i, input] : llvm::enumerate(inputs)) {
    std::optional<StringRef> star = match(pattern, input);
    if (!star)
      continue;
    std::string output = replaceStar(outputPattern, *star);
    unsigned o = llvm::find(outputs, output) - outputs.begin();
    if (o == outputs.size())
      return function.emitError() << "expected an output '" << output
                                  << "', the next value of input '" << input
                                  << "', out of " << llvm::join(outputs, ", ");
    pairs.push_back({static_cast<unsigned>(i), o});
  }
  if (pairs.empty())
    return function.emitError()
           << "expected an input '" << pattern << "' to become state, out of "
           << llvm::join(inputs, ", ");
  return pairs;
}

static FailureOr<SmallVector<Pair>> findAll(func::FuncOp function,
                                            const StatePairs &wanted) {
  SmallVector<Pair> all;
  for (const std::string &text : wanted.pairs) {
    FailureOr<SmallVector<Pair>> pairs =
        text == "auto" ? guessPairs(function) : findPairs(function, text);
    if (failed(pairs))
      return failure();
    if (pairs->empty())
      return function.emitError()
             << "expected inputs and outputs that names and types pair as "
                "state, got inputs "
             << llvm::join(getNames(function, true), ", ") << " and outputs "
             << llvm::join(getNames(function, false), ", ")
             << ": name them, INPUT=OUTPUT";
    for (Pair pair : *pairs) {
      auto isSame = [&](Pair other) {
        return other.input == pair.input && other.output == pair.output;
      };
      auto meets = [&](Pair other) {
        return other.input == pair.input || other.output == pair.output;
      };
      if (llvm::any_of(all, isSame))
        continue;
      if (llvm::any_of(all, meets))
        return function.emitError()
               << "expected each input and output in one pair of state, got '"
               << getNames(function, true)[pair.input] << "="
               << getNames(function, false)[pair.output] << "' besides another";
      all.push_back(pair);
    }
  }
  return all;
}

//===----------------------------------------------------------------------===//
// What a state is
//===----------------------------------------------------------------------===//

/// Checks that a pair's types fit and that its changing sizes are the state's
/// own, and gets their capacities.
static FailureOr<SmallVector<int64_t>> getCapacities(func::FuncOp function,
                                                     Pair pair,
                                                     ArrayRef<Pair> all,
                                                     const StatePairs &wanted) {
  std::string name = getNames(function, true)[pair.input];
  auto type = cast<RankedTensorType>(function.getArgumentTypes()[pair.input]);
  SmallVector<int64_t> capacities;
  for (unsigned dim = 0; dim < type.getRank(); ++dim) {
    if (!type.isDynamicDim(dim))
      continue;
    auto symbol = dyn_cast_or_null<AffineSymbolExpr>(getDim(type, dim));
    if (!symbol)
      return function.emitError()
             << "state '" << name << "': expected dimension " << dim
             << " to be a number or a name, got " << type;
    StringRef text = getDimSymbolName(symbol);
    for (unsigned i = 0; i < function.getNumArguments(); ++i) {
      auto other = dyn_cast<RankedTensorType>(function.getArgumentTypes()[i]);
      bool isState = llvm::any_of(all, [&](Pair p) { return p.input == i; });
      if (other && !isState &&
          llvm::is_contained(getDims(other), AffineExpr(symbol)))
        return function.emitError()
               << "state '" << name << "': expected dimension '" << text
               << "' to be the state's own, but input '"
               << getNames(function, true)[i] << "' has it too: fix it (--dim "
               << text << "=N)";
    }
    auto capacity = wanted.capacities.find(text);
    if (capacity == wanted.capacities.end())
      return function.emitError()
             << "state '" << name << "': expected the size up to which '"
             << text << "' grows (--dim " << text
             << "=..N), or the size that it has "
             << "(--dim " << text << "=N)";
    capacities.push_back(capacity->second);
  }
  return capacities;
}

/// A capacity of a dimension that no state has was meant for another.
static LogicalResult checkCapacities(func::FuncOp function,
                                     ArrayRef<Pair> pairs,
                                     const StatePairs &wanted) {
  llvm::StringSet<> used;
  for (Pair pair : pairs)
    for (AffineSymbolExpr symbol : getDimSymbols(getDims(
             cast<RankedTensorType>(function.getArgumentTypes()[pair.input]))))
      used.insert(getDimSymbolName(symbol));
  for (const auto &capacity : wanted.capacities)
    if (!used.contains(capacity.getKey()))
      return function.emitError()
             << "expected the name of a dimension that a state has, got '"
             << capacity.getKey() << "'";
  return success();
}

/// Zeros; of sizes that change there are none yet.
static DenseElementsAttr getFirstValue(RankedTensorType type) {
  SmallVector<int64_t> shape =
      llvm::map_to_vector(type.getShape(), [](int64_t size) {
        return ShapedType::isDynamic(size) ? 0 : size;
      });
  Type element = type.getElementType();
  auto plain = RankedTensorType::get(shape, element);
  Attribute zero;
  if (auto floatType = dyn_cast<FloatType>(element))
    zero = FloatAttr::get(floatType, 0.0);
  else
    zero = IntegerAttr::get(element, 0);
  return plain.getNumElements()
             ? DenseElementsAttr::get(plain, zero)
             : DenseElementsAttr::get(plain, ArrayRef<Attribute>());
}

static StateOp createState(func::FuncOp function, Pair pair,
                           ArrayRef<int64_t> capacities) {
  OpBuilder builder(function);
  auto type = cast<RankedTensorType>(function.getArgumentTypes()[pair.input]);
  auto state =
      StateOp::create(builder, function.getArgument(pair.input).getLoc(),
                      getNames(function, true)[pair.input], StateKind::kept,
                      getFirstValue(type));
  if (!type.hasStaticShape()) {
    state.setDeclaredAttr(TypeAttr::get(type));
    state.setCapacity(capacities);
  }
  state->setAttr(inputNumberAttrName, builder.getI64IntegerAttr(pair.input));
  state->setAttr(outputNumberAttrName, builder.getI64IntegerAttr(pair.output));
  // another symbol of this name keeps its own
  SymbolTable(function->getParentOp()).insert(state);
  return state;
}

LogicalResult tenon::keepState(func::FuncOp function,
                               const StatePairs &wanted) {
  FailureOr<SmallVector<Pair>> pairs = findAll(function, wanted);
  if (failed(pairs))
    return failure();
  SmallVector<std::string> inputs = getNames(function, true),
                           outputs = getNames(function, false);
  Operation *terminator = function.front().getTerminator();
  llvm::BitVector arguments(function.getNumArguments()),
      results(function.getNumResults());
  SmallVector<SmallVector<int64_t>> capacities;
  for (Pair pair : *pairs) {
    if (Type next = function.getResultTypes()[pair.output],
        type = function.getArgumentTypes()[pair.input];
        !canFollow(next, type))
      return function.emitError()
             << "expected output '" << outputs[pair.output]
             << "' to have the type of state '" << inputs[pair.input] << "', "
             << type << ", got " << next;
    FailureOr<SmallVector<int64_t>> found =
        getCapacities(function, pair, *pairs, wanted);
    if (failed(found))
      return failure();
    capacities.push_back(std::move(*found));
  }
  if (failed(checkCapacities(function, *pairs, wanted)))
    return failure();
  OpBuilder entry = OpBuilder::atBlockBegin(&function.front()),
            exit(terminator);
  for (auto [pair, capacity] : llvm::zip_equal(*pairs, capacities)) {
    StateOp state = createState(function, pair, capacity);
    BlockArgument argument = function.getArgument(pair.input);
    argument.replaceAllUsesWith(GetStateOp::create(
        entry, argument.getLoc(), argument.getType(), state.getSymName()));
    SetStateOp::create(exit, argument.getLoc(), state.getSymName(),
                       terminator->getOperand(pair.output));
    arguments.set(pair.input);
    results.set(pair.output);
    function.emitRemark() << "state '" << inputs[pair.input]
                          << "' is followed by output '" << outputs[pair.output]
                          << "'";
  }
  terminator->eraseOperands(results);
  if (failed(function.eraseArguments(arguments)) ||
      failed(function.eraseResults(results)))
    return failure();
  return success();
}

namespace {
struct KeepState : tenon::impl::KeepStatePassBase<KeepState> {
  using KeepStatePassBase::KeepStatePassBase;

  void runOnOperation() override {
    StatePairs wanted;
    wanted.pairs.assign(pairs.begin(), pairs.end());
    for (StringRef text : capacities) {
      auto [name, size] = text.split('=');
      int64_t number = 0;
      if (size.getAsInteger(10, number)) {
        getOperation().emitError() << "expected NAME=N, got '" << text << "'";
        return signalPassFailure();
      }
      wanted.capacities[name] = number;
    }
    for (auto function :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>()))
      if (failed(keepState(function, wanted)))
        return signalPassFailure();
  }
};
} // namespace
