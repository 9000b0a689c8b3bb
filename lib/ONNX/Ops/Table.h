//===- Table.h - the table of ONNX operators --------------------*- C++ -*-===//
#ifndef TENON_LIB_ONNX_OPS_TABLE_H
#define TENON_LIB_ONNX_OPS_TABLE_H

#include "mlir/Support/LLVM.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

namespace mlir {
class Operation;
} // namespace mlir

namespace tenon {
class OnnxNode;
class ExportContext;

/// How one attribute of an `Op` rule is mapped; see OnnxTable.td.
struct AttributeRecord {
  enum Kind { Int, Axis, Flag, Float, Ints, Text, Fixed };
  Kind kind;
  llvm::StringLiteral onnxName;
  llvm::StringLiteral tenonName;
  llvm::StringLiteral defaultText;
};

/// One record of lib/ONNX/Ops/*.td.
struct OpRecord {
  enum Rule { Op, Fold, Import, Sugar };
  llvm::StringLiteral domain; // "" is ai.onnx
  llvm::StringLiteral opType;
  llvm::ArrayRef<int> versions;
  Rule rule;
  llvm::StringLiteral mnemonic;               // Op, Fold: of the tenon op
  llvm::ArrayRef<AttributeRecord> attributes; // Op
  llvm::LogicalResult (*import)(OnnxNode &);  // Import
  llvm::StringLiteral sugar;                  // Sugar: a function's text
};

/// How a tenon op is written to ONNX where no `Op` rule says it.
struct ExportRecord {
  llvm::StringLiteral mnemonic;
  llvm::LogicalResult (*write)(ExportContext &, mlir::Operation *);
};

llvm::ArrayRef<OpRecord> getOpRecords();
llvm::ArrayRef<ExportRecord> getExportRecords();

/// The record for the operator as ONNX defined it at `sinceVersion`.
const OpRecord *findOpRecord(llvm::StringRef domain, llvm::StringRef opType,
                             int64_t sinceVersion);

/// The newest version up to `opset` that a record names; for operators that
/// ONNX's own schemas don't know.
int64_t findRecordedVersion(llvm::StringRef domain, llvm::StringRef opType,
                            int64_t opset);

} // namespace tenon

#endif // TENON_LIB_ONNX_OPS_TABLE_H
