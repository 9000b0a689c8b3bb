//===- ImportFunctions.h - functions that the table names -------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_IMPORT_IMPORTFUNCTIONS_H
#define TENON_LIB_ONNX_IMPORT_IMPORTFUNCTIONS_H

#include "OnnxNode.h"

namespace tenon {
#define GET_IMPORT_FUNCTIONS
#include "OnnxTable.inc"
} // namespace tenon

#endif // TENON_LIB_ONNX_IMPORT_IMPORTFUNCTIONS_H
