//===- Resize.cpp - resampling, and triangles -----------------------------===//

#include "ExportFunctions.h"
#include "tenon/Dialect/Tenon/IR/ResizeOps.h"

using namespace mlir;
using namespace tenon;

/// The scales of all dimensions, or nothing where ONNX finds them by itself, as
/// the quotients of the sizes.
static FailureOr<std::optional<SmallVector<float>>> getScales(ResizeOp op) {
  if (llvm::all_of(op.getScales(), [](double scale) { return scale == 0; }))
    return std::optional<SmallVector<float>>();
  SmallVector<float> scales;
  for (auto [scale, from, to] :
       llvm::zip_equal(op.getScales(), getDims(op.getOperand().getType()),
                       getDims(op.getType()))) {
    std::optional<int64_t> before = getConstantDim(from),
                           after = getConstantDim(to);
    if (scale == 0 && from != to && (!before || !after || *before == 0))
      return op.emitOpError("has no ONNX operator for scales of some "
                            "dimensions and dynamic sizes of others");
    scales.push_back(scale != 0   ? scale
                     : from == to ? 1
                                  : double(*after) / double(*before));
  }
  return std::optional(scales);
}

LogicalResult tenon::exportResize(ExportContext &context, Operation *op) {
  auto resize = cast<ResizeOp>(op);
  if (resize.getCoordinates() == Coordinates::half_pixel_symmetric ||
      resize.getCoordinates() == Coordinates::tf_half_pixel_for_nn)
    return op->emitOpError("has no ONNX operator for these coordinates");
  FailureOr<std::optional<SmallVector<float>>> scales = getScales(resize);
  if (failed(scales))
    return failure();
  auto addFloats = [&](ArrayRef<float> values) {
    return context.addFloats(values);
  };
  std::string roi;
  if (resize.getRoi())
    roi = addFloats(llvm::to_vector_of<float>(*resize.getRoi()));
  SmallVector<std::string> inputs = {context.getName(resize.getOperand()), roi};
  if (*scales)
    inputs.push_back(addFloats(**scales));
  else
    inputs.append({"", context.addShape(getDims(resize.getType()))});
  onnx::NodeProto &node = context.addNode("Resize", op, inputs);
  ExportContext::setText(node, "mode",
                         stringifyInterpolation(resize.getInterpolation()));
  ExportContext::setText(node, "coordinate_transformation_mode",
                         stringifyCoordinates(resize.getCoordinates()));
  ExportContext::setText(node, "nearest_mode",
                         stringifyNearestRounding(resize.getRounding()));
  ExportContext::setFloat(node, "cubic_coeff_a",
                          resize.getCubicCoefficient().convertToFloat());
  ExportContext::setInt(node, "exclude_outside", resize.getExcludeOutside());
  ExportContext::setInt(node, "antialias", resize.getAntialias());
  ExportContext::setFloat(node, "extrapolation_value",
                          resize.getExtrapolationValue().convertToFloat());
  return success();
}
