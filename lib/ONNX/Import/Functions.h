//===- Functions.h - operators that are functions of others -----*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_FUNCTIONS_H
#define TENON_LIB_ONNX_IMPORT_FUNCTIONS_H

#include "mlir/IR/ValueRange.h"
#include <onnx/onnx_pb.h>
#include <optional>

namespace tenon {
struct OpRecord;

/// The model's own function that `node` calls; null where there is none.
const onnx::FunctionProto *findModelFunction(const onnx::ModelProto &model,
                                             const onnx::NodeProto &node);

/// The body of a `Sugar` rule, or that which ONNX gives for an operator on
/// operands of these types.
std::optional<onnx::FunctionProto> parseSugar(const OpRecord &record);
std::optional<onnx::FunctionProto>
getSchemaFunction(const onnx::NodeProto &node, mlir::ValueRange operands,
                  int64_t opset);

/// Replaces references to the function's attributes by the values that `node`
/// gives, and inputs that it leaves out by absent ones.
void instantiate(onnx::FunctionProto &function, const onnx::NodeProto &node,
                 mlir::ValueRange operands);

} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_FUNCTIONS_H
