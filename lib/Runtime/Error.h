//===- Error.h - filling the caller's tenon_error ---------------*- C -*-===//
#ifndef TENON_RUNTIME_ERROR_H
#define TENON_RUNTIME_ERROR_H

#include "tenon-rt/tenon.h"

/// Fills `error`, which may be NULL, and returns `status`.
tenon_status tenon_rt_fail(tenon_error *error, tenon_status status,
                           const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/// Clears `error`, which may be NULL, and returns TENON_OK.
tenon_status tenon_rt_succeed(tenon_error *error);

#endif // TENON_RUNTIME_ERROR_H
