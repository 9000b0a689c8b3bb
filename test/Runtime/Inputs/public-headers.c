//===- public-headers.c - includes and uses what applications see ---------===//
#include "tenon-rt/runner.h"
#include "tenon-rt/tenon.h"
#include "tenon-rt/tensor_io.h"

tenon_status runOnce(const tenon_model *model, float *x, float *y);

tenon_status runOnce(const tenon_model *model, float *x, float *y) {
  const int64_t shape[] = {1, 10};
  tenon_options options = TENON_OPTIONS_INIT;
  tenon_tensor in = {x, shape, TENON_FLOAT32, 2};
  tenon_tensor out = {y, shape, TENON_FLOAT32, 2};
  tenon_error error;
  tenon_context *context = tenon_open(model, &options, &error);
  tenon_status status = tenon_run(context, &in, &out, &error);
  tenon_close(context);
  return tenon_num_bytes(&out) == 40 ? status : TENON_ERR_SHAPE;
}
