//===- ExportFunctions.h - functions that the table names -------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_EXPORT_EXPORTFUNCTIONS_H
#define TENON_LIB_ONNX_EXPORT_EXPORTFUNCTIONS_H

#include "ExportContext.h"

namespace tenon {
#define GET_EXPORT_FUNCTIONS
#include "OnnxTable.inc"
} // namespace tenon

#endif // TENON_LIB_ONNX_EXPORT_EXPORTFUNCTIONS_H
