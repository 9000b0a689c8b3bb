//===- OptimizerTable.cpp - optimizers as users and passes ask for them ---===//

#include "OptimizerTable.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/ReduceOps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace mlir;
using namespace tenon;

//===----------------------------------------------------------------------===//
// One update
//===----------------------------------------------------------------------===//

Value Update::getCorrection(double decay) {
  Value exponent = times(step, std::log(decay));
  return c.neg(Expm1Op::create(c, exponent));
}

Value Update::getDecayedGradient() {
  double decay = get("weight_decay");
  return decay ? c.add(gradient, times(parameter, decay)) : gradient;
}

Value Update::getDecayedParameter() {
  double decay = get("weight_decay");
  if (!decay)
    return parameter;
  Value shrink = c.sub(c.constant(learningRate, 1), times(learningRate, decay));
  return c.mul(parameter, shrink);
}

Value Update::dot(Value a, Value b) {
  auto axes =
      llvm::to_vector(llvm::seq<int64_t>(0, getTensorTypeOf(a).getRank()));
  return ReduceOp::create(c, ReduceKind::sum, c.mul(a, b), axes,
                          /*keep_dims=*/false);
}

OptimizerSlot &Update::find(StringRef slot) {
  OptimizerSlot *found = llvm::find_if(
      slots, [&](const OptimizerSlot &s) { return s.name == slot; });
  assert(found != slots.end() && "a slot that the optimizer's record lists");
  return *found;
}

/// Into [-clip, clip] (Arjovsky et al., 2017), and into the ball of radius
/// max_norm (Srebro and Shraibman, 2005).
static Value applyBounds(Update &u, Value next) {
  Composer &c = u.c;
  if (double bound = u.get("clip"))
    next = MinimumOp::create(
        c, MaximumOp::create(c, next, c.constant(next, -bound)),
        c.constant(next, bound));
  double radius = u.get("max_norm");
  if (!radius)
    return next;
  Value norm = SqrtOp::create(c, u.dot(next, next));
  Value limit = c.constant(norm, radius);
  Value factor = c.select(c.compare(ComparisonPredicate::gt, norm, limit),
                          c.div(limit, norm), c.constant(norm, 1));
  return c.mul(next, factor);
}

Value tenon::applyOptimizer(Composer &c, OptimizerAttr optimizer,
                            OptimizerUpdate &update) {
  Update context(c, optimizer, update);
  return applyBounds(context, getRecord(optimizer).apply(context));
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

void tenon::printOptimizers(raw_ostream &os) {
  for (const OptimizerRecord &record : getOptimizerTable()) {
    os << "  " << llvm::left_justify(record.name, 9);
    llvm::interleave(
        record.numbers, os,
        [&](const OptimizerNumber &n) {
          os << n.name << '=' << llvm::format("%g", n.defaultValue);
        },
        ",");
    os << '\n';
  }
  os << "all of them keep parameters in [-X, X] with clip=X, and in the ball "
        "of radius R with max_norm=R\n";
}

static const OptimizerRecord *findRecord(StringRef name) {
  ArrayRef<OptimizerRecord> table = getOptimizerTable();
  const OptimizerRecord *it =
      llvm::find_if(table, [&](const OptimizerRecord &record) {
        return record.name == name;
      });
  return it == table.end() ? nullptr : it;
}

const OptimizerRecord &tenon::getRecord(OptimizerAttr optimizer) {
  return *findRecord(optimizer.getName());
}

static SmallVector<OptimizerNumber> getNumbers(const OptimizerRecord &record) {
  SmallVector<OptimizerNumber> numbers(record.numbers);
  llvm::append_range(numbers, boundNumbers);
  return numbers;
}

double tenon::getNumber(OptimizerAttr optimizer, StringRef name) {
  if (auto given = optimizer.getOptions().getAs<FloatAttr>(name))
    return given.getValueAsDouble();
  for (const OptimizerNumber &number : getNumbers(getRecord(optimizer)))
    if (number.name == name)
      return number.defaultValue;
  llvm_unreachable("a number of this optimizer");
}

LogicalResult tenon::verifyOptimizer(Location loc, OptimizerAttr optimizer) {
  const OptimizerRecord *record = findRecord(optimizer.getName());
  if (!record) {
    auto names = llvm::map_range(
        getOptimizerTable(), [](const OptimizerRecord &r) { return r.name; });
    return emitError(loc) << "expected an optimizer out of "
                          << llvm::join(names, ", ") << ", got '"
                          << optimizer.getName() << "'";
  }
  SmallVector<OptimizerNumber> numbers = getNumbers(*record);
  for (NamedAttribute option : optimizer.getOptions()) {
    bool isKnown = llvm::any_of(numbers, [&](const OptimizerNumber &number) {
      return number.name == option.getName();
    });
    if (!isKnown || !isa<FloatAttr>(option.getValue())) {
      auto names = llvm::map_range(
          numbers, [](const OptimizerNumber &n) { return n.name; });
      return emitError(loc)
             << "expected numbers out of " << llvm::join(names, ", ") << " for "
             << record->name << ", got '" << option.getName().getValue() << "'";
    }
  }
  return success();
}

FailureOr<OptimizerAttr>
tenon::withNumbers(Location loc, OptimizerAttr optimizer, StringRef numbers) {
  NamedAttrList options(optimizer.getOptions());
  SmallVector<StringRef> entries;
  numbers.split(entries, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef entry : entries) {
    auto [key, value] = entry.split('=');
    double number;
    if (value.getAsDouble(number))
      return emitError(loc)
             << "expected KEY=NUMBER for the optimizer '" << optimizer.getName()
             << "', got '" << entry << "'";
    options.set(key, Builder(loc.getContext()).getF64FloatAttr(number));
  }
  auto changed = OptimizerAttr::get(loc.getContext(), optimizer.getName(),
                                    options.getDictionary(loc.getContext()));
  if (failed(verifyOptimizer(loc, changed)))
    return failure();
  return changed;
}

FailureOr<OptimizerAttr> tenon::parseOptimizer(Location loc, StringRef text) {
  auto [name, numbers] = text.split(':');
  MLIRContext *context = loc.getContext();
  return withNumbers(
      loc, OptimizerAttr::get(context, name, DictionaryAttr::get(context)),
      numbers);
}

double tenon::getLearningRate(OptimizerAttr optimizer) {
  return getNumber(optimizer, "lr");
}

SmallVector<OptimizerSlot> tenon::getSlots(OptimizerAttr optimizer) {
  SmallVector<OptimizerSlot> slots;
  for (const OptimizerSlotRecord &slot : getRecord(optimizer).slots) {
    if (!slot.onlyWith.empty() && getNumber(optimizer, slot.onlyWith) == 0)
      continue;
    double initial = slot.initialFrom.empty()
                         ? slot.initial
                         : getNumber(optimizer, slot.initialFrom);
    slots.push_back({slot.name.str(), initial, slot.isScalar, {}, {}});
  }
  return slots;
}
