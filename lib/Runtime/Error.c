//===- Error.c - filling the caller's tenon_error -------------------------===//
#include "Error.h"

#include <stdarg.h>
#include <stdio.h>

tenon_status tenon_rt_fail(tenon_error *error, tenon_status status,
                           const char *format, ...) {
  if (!error)
    return status;
  error->status = status;
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error->message, sizeof(error->message), format, arguments);
  va_end(arguments);
  return status;
}

tenon_status tenon_rt_succeed(tenon_error *error) {
  if (error) {
    error->status = TENON_OK;
    error->message[0] = 0;
  }
  return TENON_OK;
}
