//===- OpenModel.h - a context that closes itself ---------------*- C++ -*-===//
#ifndef TENON_TEST_UNIT_RUNTIME_OPENMODEL_H
#define TENON_TEST_UNIT_RUNTIME_OPENMODEL_H

#include "tenon-rt/tenon.h"

#include <gtest/gtest.h>

struct OpenModel {
  explicit OpenModel(const tenon_model &model,
                     const tenon_options *options = nullptr)
      : context(tenon_open(&model, options, &error)) {}
  ~OpenModel() { tenon_close(context); }
  OpenModel(const OpenModel &) = delete;

  tenon_error error;
  tenon_context *context;
};

#endif // TENON_TEST_UNIT_RUNTIME_OPENMODEL_H
