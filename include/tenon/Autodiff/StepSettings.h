//===- StepSettings.h - how a training step differs from others -*- C++ -*-===//
#ifndef TENON_AUTODIFF_STEPSETTINGS_H
#define TENON_AUTODIFF_STEPSETTINGS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <string>
#include <vector>

namespace tenon {

/// Of a function with `tenon.step`: a dictionary of what its StepSettings say
/// otherwise than the defaults, under the names in brackets.
inline constexpr llvm::StringLiteral stepSettingsAttrName =
    "tenon.step_settings";

/// What a step does besides what its StepAttr says.
struct StepSettings {
  /// [loss] The result that is made small, by name; empty: the first.
  std::string loss;
  /// [groups] PATTERN:KEY=VALUE,...: other numbers of the optimizer for the
  /// parameters that PATTERN names. Later ones override earlier ones.
  std::vector<std::string> groups;
  /// [clip_value] The largest magnitude of a gradient's element; [clip_each]
  /// the norm that the gradient of each parameter is scaled down to. 0: none.
  double clipValue = 0, clipEach = 0;
  /// [accumulate] Parameters change at every so many calls, by the mean of the
  /// gradients since the last time, weighted by [samples], those of a call.
  int64_t accumulate = 1, samples = 1;
  /// [gradients] Names of arguments and states of which the gradient becomes a
  /// result, `gradient/NAME`.
  std::vector<std::string> gradients;

  /// Those of `function`; fails after a diagnostic for what is none of them.
  static mlir::FailureOr<StepSettings> get(mlir::func::FuncOp function);
  /// Sets the attribute, unless all are as by default.
  void set(mlir::func::FuncOp function) const;
};

} // namespace tenon

#endif // TENON_AUTODIFF_STEPSETTINGS_H
