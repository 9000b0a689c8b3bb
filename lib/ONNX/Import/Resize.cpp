//===- Resize.cpp - Resize and Upsample -----------------------------------===//

#include "ImportFunctions.h"
#include "NodeComposer.h"
#include "ResizeByData.h"
#include "mlir/IR/Matchers.h"
#include "tenon/Dialect/Tenon/IR/ElementwiseOps.h"
#include "tenon/Dialect/Tenon/IR/ResizeOps.h"
#include <cmath>

using namespace mlir;
using namespace tenon;

namespace {
/// What the node says about sizes: a scale for each dimension (0: follows from
/// the sizes), and the sizes.
struct Target {
  SmallVector<double> scales;
  SmallVector<AffineExpr> dims;
};
} // namespace

static std::optional<SmallVector<double>> getConstantFloats(OnnxNode &node,
                                                            unsigned index) {
  if (failed(node.evaluateOperand(index)))
    return std::nullopt;
  Value value = node.getOperand(index);
  DenseElementsAttr constant;
  if (!value || !matchPattern(value, m_Constant(&constant)) ||
      !isa<FloatType>(constant.getElementType()))
    return std::nullopt;
  return llvm::map_to_vector(
      constant.getValues<APFloat>(), [](const APFloat &element) {
        bool losesInfo;
        APFloat wide = element;
        wide.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven,
                     &losesInfo);
        return wide.convertToDouble();
      });
}

/// A number of elements; those that no tensor has are refused by its type.
static int64_t toSize(double size) {
  return static_cast<int64_t>(std::min(size, 2.0 * maxTensorElements));
}

/// `dim * scale`, rounded down: an expression where that is exact, else what
/// the program computes in floating point, as runtimes do.
static AffineExpr scaleDim(OnnxNode &node, AffineExpr dim, double scale) {
  if (std::optional<int64_t> size = getConstantDim(dim))
    return getAffineConstantExpr(toSize(std::floor(*size * scale)),
                                 dim.getContext());
  double inverse = 1 / scale;
  if (inverse == std::floor(inverse))
    return simplifyDim(dim.floorDiv(toSize(inverse)));
  constexpr int64_t denominator = 1 << 10;
  double numerator = scale * denominator;
  if (numerator == std::floor(numerator) && numerator < 1 << 30)
    return simplifyDim(simplifyDim(dim * static_cast<int64_t>(numerator))
                           .floorDiv(denominator));
  NodeComposer c(node);
  Value scaled =
      c.mul(c.sizeOf(dim, c.getF32Type()), c.constant(c.getF32Type(), scale));
  return node.getSizes(c.cast(c.create<FloorOp>(scaled), c.getI64Type()))
      .front();
}

static FailureOr<Target> getScaledTarget(OnnxNode &node,
                                         ArrayRef<double> scales,
                                         ArrayRef<int64_t> axes) {
  Target target{SmallVector<double>(node.getOperandRank(0), 1.0),
                getDims(node.getOperandType(0))};
  if (scales.size() != axes.size())
    return node.emitError()
           << "expected " << axes.size() << " scales, got " << scales.size();
  for (auto [axis, scale] : llvm::zip_equal(axes, scales)) {
    if (!(scale > 0) || !std::isfinite(scale))
      return node.emitError() << "expected positive scales, got " << scale;
    target.dims[axis] = scaleDim(node, target.dims[axis], scale);
    target.scales[axis] = scale;
  }
  return target;
}

/// Sizes are exact, unless the policy keeps the aspect ratio.
static FailureOr<Target> getSizedTarget(OnnxNode &node,
                                        ArrayRef<AffineExpr> sizes,
                                        ArrayRef<int64_t> axes) {
  if (sizes.size() != axes.size())
    return node.emitError()
           << "expected " << axes.size() << " sizes, got " << sizes.size();
  SmallVector<AffineExpr> dims = getDims(node.getOperandType(0));
  StringRef policy = node.getText("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch") {
    Target target{SmallVector<double>(dims.size(), 1.0), dims};
    for (auto [axis, size] : llvm::zip_equal(axes, sizes)) {
      target.dims[axis] = size;
      target.scales[axis] = 0;
    }
    return target;
  }
  std::optional<double> scale;
  for (auto [axis, size] : llvm::zip_equal(axes, sizes)) {
    std::optional<int64_t> from = getConstantDim(dims[axis]),
                           to = getConstantDim(size);
    if (from && !to)
      return node.emitValueNeeded(3, "sizes");
    if (!from || *from == 0)
      return node.emitError()
             << "expected constant dimensions to keep the aspect ratio of";
    double ratio = double(*to) / *from;
    scale = !scale                   ? ratio
            : policy == "not_larger" ? std::min(*scale, ratio)
                                     : std::max(*scale, ratio);
  }
  Target target{SmallVector<double>(dims.size(), 1.0), dims};
  for (int64_t axis : axes) {
    target.scales[axis] = *scale;
    target.dims[axis] = getAffineConstantExpr(
        toSize(std::round(*getConstantDim(dims[axis]) * *scale)),
        node.getContext());
  }
  return target;
}

template <typename Enum>
static std::optional<Enum> parseChoice(OnnxNode &node, StringRef name,
                                       StringRef text,
                                       std::optional<Enum> choice) {
  if (!choice)
    node.emitError() << "attribute \"" << name << "\" is \"" << text
                     << "\", which is not known";
  return choice;
}

static FailureOr<ResizeStyle> getStyle(OnnxNode &node, StringRef coordinates,
                                       StringRef rounding) {
  StringRef mode = node.getText("mode", "nearest");
  auto interpolation =
      parseChoice(node, "mode", mode,
                  symbolizeInterpolation(mode == "bilinear" ? "linear" : mode));
  auto where = parseChoice(node, "coordinate_transformation_mode", coordinates,
                           symbolizeCoordinates(coordinates));
  auto nearest = parseChoice(node, "nearest_mode", rounding,
                             symbolizeNearestRounding(rounding));
  if (!interpolation || !where || !nearest)
    return failure();
  return ResizeStyle{*interpolation, *where, *nearest,
                     node.getFloat("cubic_coeff_a", -0.75),
                     node.getInt("exclude_outside", 0) != 0};
}

static LogicalResult createResize(OnnxNode &node, const Target &target,
                                  const ResizeStyle &style,
                                  std::optional<SmallVector<double>> region) {
  bool usesRegion = style.coordinates == Coordinates::tf_crop_and_resize;
  if (usesRegion && !region)
    return node.getOperand(1) ? node.emitValueNeeded(1, "roi")
                              : node.emitError() << "expected a region (roi)";
  MLIRContext *context = node.getContext();
  Builder &b = node.getBuilder();
  auto flag = [&](StringRef name) {
    return node.getInt(name, 0) ? UnitAttr::get(context) : UnitAttr();
  };
  return node.setResult(node.create<ResizeOp>(
      getTensorType(target.dims, node.getOperandType(0).getElementType()),
      node.getOperand(0), b.getDenseF64ArrayAttr(target.scales),
      InterpolationAttr::get(context, style.interpolation),
      CoordinatesAttr::get(context, style.coordinates),
      NearestRoundingAttr::get(context, style.rounding),
      b.getF32FloatAttr(style.cubicCoefficient), flag("exclude_outside"),
      flag("antialias"),
      b.getF32FloatAttr(node.getFloat("extrapolation_value", 0)),
      usesRegion ? b.getDenseF64ArrayAttr(*region) : DenseF64ArrayAttr()));
}

/// By scales that the program computes, or an input has. What needs them when
/// the model is compiled asks for their value.
static LogicalResult createResizeByData(OnnxNode &node, unsigned operand,
                                        ArrayRef<int64_t> axes,
                                        const ResizeStyle &style) {
  auto type = getTensorTypeOf(node.getOperand(operand));
  bool isOneEach = type.getRank() == 1 &&
                   type.getDimSize(0) == static_cast<int64_t>(axes.size());
  if (node.getInt("antialias", 0) || !isOneEach ||
      style.coordinates == Coordinates::tf_crop_and_resize)
    return node.emitValueNeeded(operand, "scales");
  return node.setResult(
      resizeByData(node, node.getOperand(operand), axes, style));
}

/// Upsample, and Resize before version 11, sample at floor(i / scale).
LogicalResult tenon::importUpsample(OnnxNode &node) {
  std::optional<SmallVector<double>> scales = node.hasAttribute("scales")
                                                  ? node.getFloats("scales")
                                                  : getConstantFloats(node, 1);
  SmallVector<int64_t> axes =
      llvm::to_vector(llvm::seq<int64_t>(0, node.getOperandRank(0)));
  FailureOr<ResizeStyle> style = getStyle(node, "asymmetric", "floor");
  if (failed(style))
    return failure();
  if (!scales && node.getOperand(1))
    return createResizeByData(node, 1, axes, *style);
  if (!scales)
    return node.emitError() << "expected scales";
  FailureOr<Target> target = getScaledTarget(node, *scales, axes);
  if (failed(target))
    return failure();
  return createResize(node, *target, *style, std::nullopt);
}

LogicalResult tenon::importResize(OnnxNode &node) {
  if (node.getVersion() == 10)
    return importUpsample(node);
  int64_t rank = node.getOperandRank(0);
  SmallVector<int64_t> all = llvm::to_vector(llvm::seq<int64_t>(0, rank));
  FailureOr<SmallVector<int64_t>> axes =
      node.normalizeAxes(node.getInts("axes").value_or(all), rank);
  FailureOr<ResizeStyle> style = getStyle(
      node, node.getText("coordinate_transformation_mode", "half_pixel"),
      node.getText("nearest_mode", "round_prefer_floor"));
  if (failed(axes) || failed(style))
    return failure();
  // before version 13 an unused input could also be an empty tensor
  std::optional<SmallVector<double>> scales = getConstantFloats(node, 2);
  FailureOr<Target> target = failure();
  if (node.getOperand(3)) {
    FailureOr<SmallVector<AffineExpr>> sizes = node.getShapeOperand(3, "sizes");
    if (succeeded(sizes))
      target = getSizedTarget(node, *sizes, *axes);
  } else if (scales) {
    target = getScaledTarget(node, *scales, *axes);
  } else if (node.getOperand(2)) {
    return createResizeByData(node, 2, *axes, *style);
  } else {
    return node.emitError() << "expected scales or sizes";
  }
  if (failed(target))
    return failure();
  return createResize(node, *target, *style, getConstantFloats(node, 1));
}
