//===- Compare.h - are two tensors equal enough? ----------------*- C++ -*-===//

#ifndef TENON_DRIVER_COMPARE_H
#define TENON_DRIVER_COMPARE_H

#include "tenon-rt/tenon.h"

#include <optional>
#include <string>

namespace tenon {

struct Tolerance {
  double relative = 1e-3;
  double absolute = 1e-5;
};

/// Compares what came with what was expected; nothing means equal, else the
/// text says how they differ.
///
/// Types and shapes have to agree, and so have integers and bools to the bit.
/// Floats are equal where |got - want| <= absolute + relative * |want|, NaN
/// equals NaN, and infinities equal themselves. An output with other elements
/// passes all the same if no difference exceeds relative * max |want|: the
/// rounding of a long sum is proportional to its terms, not to what cancelling
/// leaves of them. For 16-bit floats `relative` is at least eight units in
/// their last place.
std::optional<std::string> compareTensors(const tenon_tensor &got,
                                          const tenon_tensor &want,
                                          Tolerance tolerance);

} // namespace tenon

#endif // TENON_DRIVER_COMPARE_H
