//===- FakeModel.h - hand-written compiled models ---------------*- C++ -*-===//
//
// What the compiler would emit, with C++ functions for kernels.
//
//===----------------------------------------------------------------------===//
#ifndef TENON_TEST_UNIT_RUNTIME_FAKEMODEL_H
#define TENON_TEST_UNIT_RUNTIME_FAKEMODEL_H

#include "OpenModel.h"
#include "tenon-rt/program.h"

/// A model of one function, with parts for tests to change.
struct FakeModel {
  FakeModel(const char *name, const tenon_function &function,
            const tenon_code &code);
  FakeModel(const FakeModel &other);
  FakeModel &operator=(const FakeModel &) = delete;
  operator const tenon_model &() const { return model; }

  tenon_function function;
  tenon_code code;
  tenon_program program = {};
  tenon_model model = {};

private:
  void link();
};

/// y = 2 x + 1 on f32 [2, 3], with 24 bytes of arena.
FakeModel makeStaticModel();

/// y[b + 1] = x[b] and, last, scale[0]; x: f32 [b], scale: f32 [1], ids: i64
/// [b] with values in [0, 9]; mask: bool [2 b + 1]. One symbol "b".
FakeModel makeDynamicModel();

#endif // TENON_TEST_UNIT_RUNTIME_FAKEMODEL_H
