//===- StepSettings.cpp - how a training step differs from others ---------===//

#include "tenon/Autodiff/StepSettings.h"
#include "mlir/IR/Builders.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace tenon;

namespace {
/// One way through all options, for reading and for writing.
class Reader {
public:
  Reader(func::FuncOp function, DictionaryAttr attributes)
      : function(function), attributes(attributes) {}

  void visit(StringRef name, std::string &text) {
    if (auto attr = find<StringAttr>(name))
      text = attr.str();
  }
  void visit(StringRef name, double &number) {
    if (auto attr = find<FloatAttr>(name))
      number = attr.getValueAsDouble();
  }
  void visit(StringRef name, int64_t &number) {
    if (auto attr = find<IntegerAttr>(name))
      number = attr.getInt();
  }
  void visit(StringRef name, std::vector<std::string> &texts) {
    auto attr = find<ArrayAttr>(name);
    for (Attribute text : attr ? attr.getValue() : ArrayRef<Attribute>())
      if (auto string = dyn_cast<StringAttr>(text))
        texts.push_back(string.str());
  }

  LogicalResult finish() {
    for (NamedAttribute attr : attributes)
      if (!llvm::is_contained(known, attr.getName().getValue()))
        return function.emitError("expected ")
               << llvm::join(known, ", ") << " in " << stepSettingsAttrName
               << ", got '" << attr.getName().getValue() << "'";
    return success(!hasFailed);
  }

private:
  template <typename Attr> Attr find(StringRef name) {
    known.push_back(name);
    Attribute attr = attributes.get(name);
    auto typed = dyn_cast_or_null<Attr>(attr);
    if (attr && !typed) {
      function.emitError("expected another kind of value for '")
          << name << "' in " << stepSettingsAttrName << ", got " << attr;
      hasFailed = true;
    }
    return typed;
  }

  func::FuncOp function;
  DictionaryAttr attributes;
  SmallVector<StringRef> known;
  bool hasFailed = false;
};

class Writer {
public:
  Writer(MLIRContext *context) : builder(context) {}

  void visit(StringRef name, const std::string &text) {
    if (!text.empty())
      attributes.set(name, builder.getStringAttr(text));
  }
  void visit(StringRef name, double number) {
    if (number != 0)
      attributes.set(name, builder.getF64FloatAttr(number));
  }
  void visit(StringRef name, int64_t number) {
    if (number != 1)
      attributes.set(name, builder.getI64IntegerAttr(number));
  }
  void visit(StringRef name, const std::vector<std::string> &texts) {
    if (!texts.empty())
      attributes.set(name, builder.getStrArrayAttr(SmallVector<StringRef>(
                               texts.begin(), texts.end())));
  }

  Builder builder;
  NamedAttrList attributes;
};
} // namespace

template <typename Visitor, typename Options>
static void visitAll(Visitor &visitor, Options &options) {
  visitor.visit("loss", options.loss);
  visitor.visit("groups", options.groups);
  visitor.visit("clip_value", options.clipValue);
  visitor.visit("clip_each", options.clipEach);
  visitor.visit("accumulate", options.accumulate);
  visitor.visit("samples", options.samples);
  visitor.visit("gradients", options.gradients);
}

FailureOr<StepSettings> StepSettings::get(func::FuncOp function) {
  StepSettings options;
  auto attributes =
      function->getAttrOfType<DictionaryAttr>(stepSettingsAttrName);
  if (!attributes)
    return options;
  Reader reader(function, attributes);
  visitAll(reader, options);
  if (failed(reader.finish()))
    return failure();
  if (options.accumulate < 1 || options.samples < 1)
    return function.emitError("expected accumulate and samples of at least 1 "
                              "in ")
           << stepSettingsAttrName;
  return options;
}

void StepSettings::set(func::FuncOp function) const {
  Writer writer(function.getContext());
  visitAll(writer, *this);
  if (!writer.attributes.empty())
    function->setAttr(stepSettingsAttrName,
                      writer.attributes.getDictionary(function.getContext()));
}
