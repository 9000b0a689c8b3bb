//===- Types.cpp - ONNX types as MLIR's -----------------------------------===//

#include "Types.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/Diagnostics.h"
#include "tenon/Dialect/Tenon/IR/Dims.h"

using namespace mlir;
using namespace tenon;

/// The one list of element types; `visit` is called with each pair until it
/// returns true.
static void forEachElementType(
    MLIRContext *context,
    function_ref<bool(onnx::TensorProto::DataType, Type)> visit) {
  using Proto = onnx::TensorProto;
  Builder b(context);
  auto integer = [&](unsigned width, bool isUnsigned = false) -> Type {
    return isUnsigned ? b.getIntegerType(width, /*isSigned=*/false)
                      : b.getIntegerType(width);
  };
  std::pair<Proto::DataType, Type> types[] = {
      {Proto::FLOAT, b.getF32Type()},
      {Proto::UINT8, integer(8, true)},
      {Proto::INT8, integer(8)},
      {Proto::UINT16, integer(16, true)},
      {Proto::INT16, integer(16)},
      {Proto::INT32, integer(32)},
      {Proto::INT64, integer(64)},
      {Proto::BOOL, integer(1)},
      {Proto::FLOAT16, b.getF16Type()},
      {Proto::DOUBLE, b.getF64Type()},
      {Proto::UINT32, integer(32, true)},
      {Proto::UINT64, integer(64, true)},
      {Proto::BFLOAT16, b.getBF16Type()},
      {Proto::FLOAT8E4M3FN, Float8E4M3FNType::get(context)},
      {Proto::FLOAT8E4M3FNUZ, Float8E4M3FNUZType::get(context)},
      {Proto::FLOAT8E5M2, Float8E5M2Type::get(context)},
      {Proto::FLOAT8E5M2FNUZ, Float8E5M2FNUZType::get(context)},
      {Proto::UINT4, integer(4, true)},
      {Proto::INT4, integer(4)},
      {Proto::FLOAT4E2M1, Float4E2M1FNType::get(context)},
      {Proto::FLOAT8E8M0, Float8E8M0FNUType::get(context)},
      {Proto::UINT2, integer(2, true)},
      {Proto::INT2, integer(2)},
  };
  for (auto [proto, type] : types)
    if (visit(proto, type))
      return;
}

Type tenon::getElementType(MLIRContext *context, int32_t dataType) {
  Type found;
  forEachElementType(context, [&](onnx::TensorProto::DataType proto, Type t) {
    if (proto == dataType)
      found = t;
    return bool(found);
  });
  return found;
}

int32_t tenon::getDataType(Type elementType) {
  int32_t found = onnx::TensorProto::UNDEFINED;
  forEachElementType(elementType.getContext(),
                     [&](onnx::TensorProto::DataType proto, Type t) {
                       if (t == elementType)
                         found = proto;
                       return t == elementType;
                     });
  return found;
}

std::string tenon::getDataTypeName(int32_t dataType) {
  if (!onnx::TensorProto::DataType_IsValid(dataType))
    return "data type " + std::to_string(dataType);
  return StringRef(onnx::TensorProto::DataType_Name(
                       onnx::TensorProto::DataType(dataType)))
      .lower();
}

/// `dims` fixes symbols wherever they occur, also in expressions.
static AffineExpr importDim(MLIRContext *context, StringRef tensor,
                            unsigned index,
                            const onnx::TensorShapeProto::Dimension &dim,
                            const llvm::StringMap<int64_t> &dims) {
  if (dim.has_dim_value() && dim.dim_value() > 0)
    return getAffineConstantExpr(dim.dim_value(), context);
  StringRef name = dim.dim_param();
  // exporters write "?" for what they don't know, too
  bool isNamed = dim.has_dim_param() && !name.empty() && name != "?";
  AffineExpr expr = isNamed ? parseDim(context, name) : AffineExpr();
  if (!expr)
    expr = isNamed ? getDimSymbol(context, name)
                   : getFreshDimSymbol(context,
                                       (tensor + "_" + Twine(index)).str());
  DenseMap<AffineExpr, AffineExpr> fixed;
  for (AffineSymbolExpr symbol : getSourceSymbols({expr})) {
    auto it = dims.find(getDimSymbolName(symbol));
    if (it != dims.end())
      fixed[symbol] = getAffineConstantExpr(it->second, context);
  }
  return replaceDims(expr, fixed);
}

RankedTensorType
tenon::importType(MLIRContext *context, StringRef name,
                  const onnx::TypeProto &type,
                  const llvm::StringMap<int64_t> &dims,
                  function_ref<InFlightDiagnostic()> emitError) {
  if (!type.has_tensor_type()) {
    emitError() << "expected a tensor, got a sequence, map, optional or "
                   "sparse tensor";
    return {};
  }
  const onnx::TypeProto::Tensor &tensor = type.tensor_type();
  Type elementType = getElementType(context, tensor.elem_type());
  if (!elementType) {
    emitError() << "expected numbers or booleans, got "
                << getDataTypeName(tensor.elem_type());
    return {};
  }
  if (!tensor.has_shape()) {
    emitError() << "expected a tensor of known rank";
    return {};
  }
  SmallVector<AffineExpr> exprs;
  for (const auto &[index, dim] : llvm::enumerate(tensor.shape().dim()))
    exprs.push_back(importDim(context, name, index, dim, dims));
  RankedTensorType result = getTensorType(exprs, elementType);
  if (hasKnownSizes(result))
    return result;
  emitError() << "expected a tensor of at most " << maxTensorElements
              << " elements";
  return {};
}

onnx::TypeProto tenon::exportType(RankedTensorType type) {
  onnx::TypeProto proto;
  onnx::TypeProto::Tensor &tensor = *proto.mutable_tensor_type();
  tensor.set_elem_type(getDataType(type.getElementType()));
  tensor.mutable_shape();
  for (AffineExpr dim : getDims(type)) {
    auto &out = *tensor.mutable_shape()->add_dim();
    std::optional<int64_t> constant = dim ? getConstantDim(dim) : std::nullopt;
    if (constant)
      out.set_dim_value(*constant);
    else if (dim)
      out.set_dim_param(printDim(dim));
  }
  return proto;
}
