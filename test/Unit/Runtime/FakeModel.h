//===- FakeModel.h - hand-written compiled models ---------------*- C++ -*-===//
//
// What the compiler would emit, with C++ functions for kernels.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_TEST_UNIT_RUNTIME_FAKEMODEL_H
#define TENON_TEST_UNIT_RUNTIME_FAKEMODEL_H

#include "OpenModel.h"
#include "tenon-rt/program.h"

/// y = 2 x + 1 on f32 [2, 3], with 24 bytes of arena.
tenon_model makeStaticModel();

/// y[b + 1] = x[b] and, last, scale[0]; x: f32 [b], scale: f32 [1], ids: i64
/// [b] with values in [0, 9]; mask: bool [2 b + 1]. One symbol "b".
tenon_model makeDynamicModel();

#endif // TENON_TEST_UNIT_RUNTIME_FAKEMODEL_H
