//===- ResizeOps.td - resampling ------------------------------------------===//
//
// Resampling at evenly spaced places. Sampling where a tensor says (GridSample) is gathers and arithmetic, and
// needs no op.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_RESIZE_OPS_TD
#define TENON_RESIZE_OPS_TD

include "tenon/Dialect/Tenon/IR/TenonBase.td"
include "tenon/Dialect/Tenon/IR/TenonEnums.td"
include "tenon/Dialect/Tenon/IR/TenonInterfaces.td"

def Tenon_ResizeOp : Tenon_PureOp<"resize", [Tenon_Cost]> {
  let summary = "samples a tensor at evenly spaced places, to the shape of the result's type";
  let description = [{
    Along each dimension, result index i lies at coordinate x of the operand: with scale s = `scales[d]` (0: the
    quotient of the sizes) half_pixel (i + 0.5) / s - 0.5; half_pixel_symmetric the same about the operand's centre;
    pytorch_half_pixel as half_pixel, 0 where the result has one element; align_corners i * (in - 1) / (out - 1);
    asymmetric i / s; tf_crop_and_resize from `roi` (starts, then ends, for each dimension, as fractions), with
    `extrapolation_value` outside. Elements between are nearest (chosen by `rounding`), or interpolated by linear or
    cubic weights (Keys, 1981, with `cubic_coefficient`), over what lies inside only with `exclude_outside`; `antialias`
    widens the weights where the tensor shrinks.
  }];
  let arguments = (ins AnyRankedTensor:$operand, DenseF64ArrayAttr:$scales, Tenon_InterpolationAttr:$interpolation,
                       Tenon_CoordinatesAttr:$coordinates, DefaultValuedAttr<Tenon_NearestRoundingAttr, "NearestRounding::round_prefer_floor">:$rounding,
                       DefaultValuedAttr<F32Attr, "-0.75f">:$cubic_coefficient, UnitAttr:$exclude_outside, UnitAttr:$antialias,
                       DefaultValuedAttr<F32Attr, "0.0f">:$extrapolation_value, OptionalAttr<DenseF64ArrayAttr>:$roi);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$interpolation $coordinates $operand `scales` $scales attr-dict `:` type($operand) `->` type($result)";
  let hasVerifier = 1;
}

#endif // TENON_RESIZE_OPS_TD
