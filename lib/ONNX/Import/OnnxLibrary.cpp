//===- OnnxLibrary.cpp - what ONNX's own library knows --------------------===//

#include "OnnxLibrary.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include <onnx/checker.h>
#include <onnx/defs/parser.h>
#include <onnx/defs/schema.h>

using namespace llvm;

/// The schema of an operator. Functions of models and domains of vendors have
/// none.
static const onnx::OpSchema *findSchema(StringRef domain, StringRef opType,
                                        int64_t opset) {
  return onnx::OpSchemaRegistry::Schema(opType.str(), int(opset), domain.str());
}

/// Calls `function`, turning what it throws into an error.
template <typename Function> static Error catchError(Function function) {
  try {
    function();
    return Error::success();
  } catch (const std::exception &exception) {
    StringRef message(exception.what());
    return createStringError(
        message.take_until([](char c) { return c == '\n'; }).str());
  }
}

std::optional<int64_t> tenon::getNewestOpset(StringRef domain) {
  const auto &map =
      onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  auto it = map.find(domain.str());
  return it == map.end() ? std::nullopt
                         : std::optional<int64_t>(it->second.second);
}

std::optional<int64_t> tenon::getSinceVersion(StringRef domain,
                                              StringRef opType, int64_t opset) {
  const onnx::OpSchema *schema = findSchema(domain, opType, opset);
  if (!schema || schema->deprecated())
    return std::nullopt;
  return schema->since_version();
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

static Error checkCount(StringRef what, int count, int min, int max) {
  if (count >= min && count <= max)
    return Error::success();
  std::string expected = std::to_string(min);
  if (max == std::numeric_limits<int>::max())
    expected += " or more";
  else if (max != min)
    expected += " to " + std::to_string(max);
  return createStringError("expected " + expected + " " + what + ", got " +
                           Twine(count));
}

static Error checkAttributes(const onnx::NodeProto &node,
                             const onnx::OpSchema &schema) {
  for (const onnx::AttributeProto &attribute : node.attribute()) {
    auto it = schema.attributes().find(attribute.name());
    // unknown attributes change nothing: exporters leave notes of their own
    if (it == schema.attributes().end() || it->second.type == attribute.type())
      continue;
    return createStringError(
        "expected attribute \"" + attribute.name() + "\" to be " +
        onnx::AttributeProto::AttributeType_Name(it->second.type) + ", got " +
        onnx::AttributeProto::AttributeType_Name(attribute.type()));
  }
  for (const auto &[name, attribute] : schema.attributes())
    if (attribute.required &&
        llvm::none_of(node.attribute(), [&, &wanted = name](const auto &given) {
          return given.name() == wanted;
        }))
      return createStringError("expected an attribute \"" + name + "\"");
  return Error::success();
}

/// The type in which ONNX's schemas speak of a tensor.
static std::string getTensorType(StringRef elementType) {
  return ("tensor(" + elementType + ")").str();
}

static std::string
listElementTypes(const onnx::OpSchema::FormalParameter &input) {
  SmallVector<std::string> names;
  for (const std::string *type : input.GetTypes()) {
    StringRef name = *type;
    if (name.consume_front("tensor(") && name.consume_back(")"))
      names.push_back(name.str());
  }
  llvm::sort(names);
  return llvm::join(names, ", ");
}

/// Inputs whose types a schema calls by one name ("T") have one type.
static Error checkInputs(ArrayRef<std::string> types,
                         const onnx::OpSchema &schema) {
  StringMap<size_t> firstOfType;
  for (auto [index, type] : llvm::enumerate(types)) {
    const auto &input =
        schema.inputs()[std::min(index, schema.inputs().size() - 1)];
    std::string what =
        "input " + std::to_string(index) + " (" + input.GetName() + ")";
    if (type.empty()) {
      if (input.GetOption() == onnx::OpSchema::Optional)
        continue;
      return createStringError("expected an " + what + ", got none");
    }
    if (llvm::none_of(input.GetTypes(), [&](const std::string *allowed) {
          return *allowed == getTensorType(type);
        }))
      return createStringError("expected " + what + " to be of " +
                               listElementTypes(input) + ", got " + type);
    if (input.GetTypeStr().find('(') != std::string::npos ||
        !input.GetIsHomogeneous())
      continue;
    size_t first =
        firstOfType.try_emplace(input.GetTypeStr(), index).first->second;
    if (types[first] != type)
      return createStringError("expected " + what + " to be of " +
                               types[first] + ", as input " + Twine(first) +
                               " is, got " + type);
  }
  return Error::success();
}

Error tenon::checkNode(const onnx::NodeProto &node,
                       ArrayRef<std::string> inputTypes, int64_t version) {
  StringRef domain = node.domain() == "ai.onnx" ? "" : StringRef(node.domain());
  // all exporters left roi out before ONNX made it optional
  if (domain.empty() && node.op_type() == "Resize" && version == 11)
    version = 13;
  const onnx::OpSchema *schema = findSchema(domain, node.op_type(), version);
  while (!inputTypes.empty() && inputTypes.back().empty())
    inputTypes = inputTypes.drop_back();
  // exporters were ahead of ONNX with operators that it has by now
  if (std::optional<int64_t> newest = getNewestOpset(domain); !schema && newest)
    schema = findSchema(domain, node.op_type(), *newest);
  if (!schema)
    return inputTypes.empty() || is_contained(inputTypes, "")
               ? createStringError("expected inputs, all of them present")
               : Error::success();
  if (Error error = checkCount("inputs", inputTypes.size(), schema->min_input(),
                               schema->max_input()))
    return error;
  if (Error error = checkCount("outputs", node.output_size(),
                               schema->min_output(), schema->max_output()))
    return error;
  if (Error error = checkInputs(inputTypes, *schema))
    return error;
  return checkAttributes(node, *schema);
}

Error tenon::checkModel(const onnx::ModelProto &model) {
  return catchError(
      [&] { onnx::checker::check_model(model, /*full_check=*/true); });
}

//===----------------------------------------------------------------------===//
// Functions
//===----------------------------------------------------------------------===//

bool tenon::hasFunctionBody(StringRef domain, StringRef opType, int64_t opset) {
  const onnx::OpSchema *schema = findSchema(domain, opType, opset);
  return schema && !schema->deprecated() &&
         (schema->HasFunction() || schema->HasContextDependentFunction());
}

/// Adds the defaults that the schema, not its body, has for attributes.
static void addDefaults(onnx::FunctionProto &function,
                        const onnx::OpSchema &schema) {
  for (const auto &[name, attribute] : schema.attributes()) {
    const onnx::AttributeProto &value = attribute.default_value;
    bool isGiven =
        llvm::any_of(function.attribute_proto(),
                     [&, &wanted = name](const onnx::AttributeProto &given) {
                       return given.name() == wanted;
                     });
    if (isGiven || value.type() == onnx::AttributeProto::UNDEFINED)
      continue;
    *function.add_attribute_proto() = value;
    function.mutable_attribute_proto()->rbegin()->set_name(name);
  }
}

std::optional<onnx::FunctionProto>
tenon::getFunctionBody(const onnx::NodeProto &node,
                       const std::vector<onnx::TypeProto> &inputTypes,
                       int64_t opset) {
  const onnx::OpSchema *schema =
      findSchema(node.domain(), node.op_type(), opset);
  std::optional<onnx::FunctionProto> function;
  if (!schema)
    return function;
  Error error = catchError([&] {
    if (schema->HasFunction()) {
      if (const onnx::FunctionProto *body = schema->GetFunction(int(opset)))
        function = *body;
      return;
    }
    onnx::FunctionBodyBuildContextImpl context(node, inputTypes);
    onnx::FunctionProto body;
    if (schema->HasContextDependentFunction() &&
        schema->BuildContextDependentFunction(context, body, int(opset)))
      function = std::move(body);
  });
  if (error) {
    // a body that can't be built for these types is none
    consumeError(std::move(error));
    return std::nullopt;
  }
  if (!function)
    return function;
  addDefaults(*function, *schema);
  // Bodies of other domains than the default one use its operators without
  // saying so; they are written for this version of the library.
  if (llvm::none_of(function->opset_import(),
                    [](const auto &import) { return import.domain().empty(); }))
    function->add_opset_import()->set_version(*getNewestOpset(""));
  return function;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

template <typename Proto> static Expected<Proto> parse(StringRef text) {
  Proto proto;
  std::string problem;
  if (Error error = catchError([&] {
        onnx::Common::Status status =
            onnx::OnnxParser::Parse(proto, text.str().c_str());
        if (!status.IsOK())
          problem = status.ErrorMessage();
      }))
    return std::move(error);
  if (!problem.empty())
    return createStringError(problem);
  return proto;
}

Expected<onnx::ModelProto> tenon::parseModel(StringRef text) {
  return parse<onnx::ModelProto>(text);
}

Expected<onnx::FunctionProto> tenon::parseFunction(StringRef text,
                                                   StringRef name) {
  std::string header = "<domain: \"tenon\", opset_import: [\"\" : " +
                       std::to_string(*getNewestOpset("")) + "]>\n";
  return parse<onnx::FunctionProto>(header + name.str() + " " + text.str());
}
