//===- ExportOnnx.cpp - the tenon dialect to ONNX -------------------------===//

#include "../Import/OnnxLibrary.h"
#include "../Import/Types.h"
#include "../Ops/Table.h"
#include "ExportContext.h"
#include "tenon/Dialect/Tenon/IR/TenonInterfaces.h"
#include "tenon/ONNX/Export.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using namespace tenon;

/// Protobuf's limit is 2 GB.
static constexpr size_t maxEmbeddedBytes = size_t(1) << 30;

//===----------------------------------------------------------------------===//
// Ops by the table
//===----------------------------------------------------------------------===//

/// Whether ONNX's operator is, at our opset, what the record describes.
static bool isCurrent(const OpRecord &record) {
  std::optional<int64_t> version =
      getSinceVersion(record.domain, record.opType, ExportContext::opset);
  return record.domain.empty() && version &&
         llvm::is_contained(record.versions, *version);
}

static bool hasFixedAttributes(const OpRecord &record, Operation *op) {
  return llvm::all_of(record.attributes, [&](const AttributeRecord &attribute) {
    if (attribute.kind != AttributeRecord::Fixed)
      return true;
    std::string text;
    llvm::raw_string_ostream(text) << op->getAttr(attribute.tenonName);
    return text == attribute.defaultText;
  });
}

static const OpRecord *findRecord(Operation *op) {
  StringRef mnemonic = op->getName().stripDialect();
  // folds serve only where no operator takes just two operands
  for (OpRecord::Rule rule : {OpRecord::Op, OpRecord::Fold})
    for (const OpRecord &record : getOpRecords())
      if (record.rule == rule && record.mnemonic == mnemonic &&
          isCurrent(record) && hasFixedAttributes(record, op))
        return &record;
  return nullptr;
}

static void writeAttribute(const AttributeRecord &record, Operation *op,
                           onnx::NodeProto &node) {
  Attribute value = op->getAttr(record.tenonName);
  if (auto integer = dyn_cast_or_null<IntegerAttr>(value);
      integer && integer.getType().isInteger(1))
    ExportContext::setInt(node, record.onnxName,
                          integer.getValue().getZExtValue());
  else if (integer)
    ExportContext::setInt(node, record.onnxName, integer.getInt());
  else if (auto number = dyn_cast_or_null<FloatAttr>(value))
    ExportContext::setFloat(node, record.onnxName, number.getValueAsDouble());
  else if (auto integers = dyn_cast_or_null<DenseI64ArrayAttr>(value))
    ExportContext::setInts(node, record.onnxName, integers.asArrayRef());
  else if (auto text = dyn_cast_or_null<StringAttr>(value))
    ExportContext::setText(node, record.onnxName, text);
}

static LogicalResult exportOp(ExportContext &context, Operation *op);

/// What an op without an operator means, in simpler ops.
static LogicalResult exportDecomposition(ExportContext &context,
                                         DecomposableOpInterface op) {
  OpBuilder builder(op);
  Operation *before = op->getPrevNode();
  FailureOr<SmallVector<Value>> values = op.decompose(builder);
  if (failed(values))
    return failure();
  Block::iterator first =
      before ? std::next(before->getIterator()) : op->getBlock()->begin();
  for (Operation &simpler : llvm::make_range(first, op->getIterator()))
    if (failed(exportOp(context, &simpler)))
      return failure();
  for (auto [result, value] : llvm::zip_equal(op->getResults(), *values)) {
    onnx::NodeProto &node =
        context.addNode("Identity", op, {context.getName(value)});
    node.clear_output();
    node.add_output(context.getName(result));
  }
  return success();
}

static LogicalResult exportOp(ExportContext &context, Operation *op) {
  StringRef mnemonic = op->getName().stripDialect();
  for (const ExportRecord &record : getExportRecords())
    if (record.mnemonic == mnemonic)
      return record.write(context, op);
  if (const OpRecord *record = findRecord(op)) {
    onnx::NodeProto &node = context.addNode(record->opType, op);
    for (const AttributeRecord &attribute : record->attributes)
      writeAttribute(attribute, op, node);
    return success();
  }
  if (auto composite = dyn_cast<DecomposableOpInterface>(op))
    return exportDecomposition(context, composite);
  return op->emitOpError("has no ONNX operator");
}

LogicalResult ExportContext::exportOps(Block &block) {
  bool hasFailed = false;
  // decompositions are built before the ops that they replace
  for (Operation &op : block.without_terminator())
    hasFailed |= failed(exportOp(*this, &op));
  return failure(hasFailed);
}

//===----------------------------------------------------------------------===//
// Models
//===----------------------------------------------------------------------===//

static void setValueInfo(onnx::ValueInfoProto &info, StringRef name,
                         Type type) {
  info.set_name(name.str());
  *info.mutable_type() = exportType(cast<RankedTensorType>(type));
}

/// Names that the module gives, or `input_0` and so on.
static std::string getInterfaceName(Attribute name, StringRef kind,
                                    unsigned index) {
  auto text = dyn_cast_or_null<StringAttr>(name);
  return text ? text.str() : (kind + "_" + Twine(index)).str();
}

/// A value that is an input, or an output already, gets its second name from an
/// Identity.
static void exportResults(ExportContext &context, func::FuncOp function,
                          onnx::GraphProto &graph, func::ReturnOp op,
                          ArrayRef<bool> isNamed) {
  for (auto [index, value] : llvm::enumerate(op.getOperands())) {
    const onnx::ValueInfoProto &output = graph.output(index);
    if (isNamed[index])
      continue;
    onnx::NodeProto &node = *graph.add_node();
    node.set_op_type("Identity");
    node.add_input(context.getName(value));
    node.add_output(output.name());
  }
}

static LogicalResult exportGraph(func::FuncOp function,
                                 onnx::GraphProto &graph) {
  ExportContext context(function, graph);
  for (BlockArgument argument : function.getArguments()) {
    unsigned i = argument.getArgNumber();
    std::string name =
        getInterfaceName(function.getArgAttr(i, nameAttrName), "input", i);
    context.setName(argument, name);
    setValueInfo(*graph.add_input(), name, argument.getType());
  }
  auto results =
      cast<func::ReturnOp>(function.getBody().front().getTerminator());
  SmallVector<bool> isNamed;
  llvm::DenseSet<Value> outputs;
  for (auto [i, value] : llvm::enumerate(results.getOperands())) {
    std::string name =
        getInterfaceName(function.getResultAttr(i, nameAttrName), "output", i);
    setValueInfo(*graph.add_output(), name, value.getType());
    bool isResult = value.getDefiningOp() && outputs.insert(value).second;
    isNamed.push_back(isResult);
    if (isResult)
      context.setName(value, name);
    else
      (void)context.makeName(name);
  }
  LogicalResult status = context.exportOps(function.getBody().front());
  exportResults(context, function, graph, results, isNamed);
  return status;
}

static std::optional<onnx::ModelProto> makeModel(ModuleOp module) {
  auto original = module.lookupSymbol<func::FuncOp>("main");
  if (!original) {
    module.emitError("expected a function @main");
    return std::nullopt;
  }
  // decompositions are built beside the ops that they replace
  OwningOpRef<func::FuncOp> function = original.clone();
  onnx::ModelProto model;
  model.set_ir_version(8);
  model.set_producer_name("tenon");
  onnx::OperatorSetIdProto &import = *model.add_opset_import();
  import.set_domain("");
  import.set_version(ExportContext::opset);
  model.mutable_graph()->set_name(module.getName().value_or("main").str());
  if (failed(exportGraph(*function, *model.mutable_graph())))
    return std::nullopt;
  return model;
}

std::optional<std::string> tenon::exportOnnxBytes(ModuleOp module) {
  std::optional<onnx::ModelProto> model = makeModel(module);
  if (!model)
    return std::nullopt;
  return model->SerializeAsString();
}

llvm::Error tenon::checkOnnxBytes(StringRef bytes) {
  onnx::ModelProto model;
  if (!model.ParseFromArray(bytes.data(), bytes.size()))
    return llvm::createStringError("expected an ONNX model");
  return checkModel(model);
}

/// Moves weights out of `model` into a file beside it.
static void writeExternalData(onnx::ModelProto &model, raw_ostream &os,
                              StringRef location) {
  uint64_t offset = 0;
  for (onnx::TensorProto &tensor :
       *model.mutable_graph()->mutable_initializer()) {
    if (tensor.raw_data().size() < 1024)
      continue;
    auto addEntry = [&](const char *key, std::string value) {
      onnx::StringStringEntryProto &entry = *tensor.add_external_data();
      entry.set_key(key);
      entry.set_value(std::move(value));
    };
    addEntry("location", location.str());
    addEntry("offset", std::to_string(offset));
    addEntry("length", std::to_string(tensor.raw_data().size()));
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    os << tensor.raw_data();
    offset += tensor.raw_data().size();
    tensor.clear_raw_data();
  }
}

LogicalResult tenon::exportOnnx(ModuleOp module, StringRef path) {
  std::optional<onnx::ModelProto> model = makeModel(module);
  if (!model)
    return failure();
  size_t bytes = 0;
  for (const onnx::TensorProto &tensor : model->graph().initializer())
    bytes += tensor.raw_data().size();
  std::error_code error;
  if (bytes > maxEmbeddedBytes) {
    std::string dataPath = (path + ".data").str();
    llvm::raw_fd_ostream data(dataPath, error);
    if (!error)
      writeExternalData(*model, data, llvm::sys::path::filename(dataPath));
    data.close();
    error = error ? error : data.error();
  }
  if (!error) {
    llvm::raw_fd_ostream os(path, error);
    if (!error)
      os << model->SerializeAsString();
    os.close();
    error = error ? error : os.error();
    os.clear_error();
  }
  if (error)
    return module.emitError() << "\"" << path << "\": " << error.message();
  return success();
}
