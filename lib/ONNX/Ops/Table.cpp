//===- Table.cpp - the table of ONNX operators ----------------------------===//

#include "Table.h"

using namespace tenon;

namespace tenon {
#define GET_IMPORT_FUNCTIONS
#define GET_EXPORT_FUNCTIONS
#include "OnnxTable.inc"

#define TENON_IMPORT_FUNCTION(name) name
#define GET_ONNX_RECORDS
#define GET_EXPORT_RECORDS
#include "OnnxTable.inc"
} // namespace tenon

llvm::ArrayRef<OpRecord> tenon::getOpRecords() { return opRecords; }

llvm::ArrayRef<ExportRecord> tenon::getExportRecords() {
  return llvm::ArrayRef(exportRecords).drop_back();
}

/// The records of one operator; the table is sorted by domain and name.
static llvm::ArrayRef<OpRecord> findRecords(llvm::StringRef domain,
                                            llvm::StringRef opType) {
  using Key = std::pair<llvm::StringRef, llvm::StringRef>;
  auto getKey = [](const OpRecord &r) { return Key(r.domain, r.opType); };
  Key key(domain, opType);
  const OpRecord *begin = llvm::partition_point(
      opRecords, [&](const OpRecord &r) { return getKey(r) < key; });
  const OpRecord *end = begin;
  while (end != std::end(opRecords) && getKey(*end) == key)
    ++end;
  return {begin, end};
}

const OpRecord *tenon::findOpRecord(llvm::StringRef domain,
                                    llvm::StringRef opType,
                                    int64_t sinceVersion) {
  for (const OpRecord &record : findRecords(domain, opType))
    if (llvm::is_contained(record.versions, sinceVersion))
      return &record;
  return nullptr;
}

int64_t tenon::findRecordedVersion(llvm::StringRef domain,
                                   llvm::StringRef opType, int64_t opset) {
  int64_t newest = 0;
  for (const OpRecord &record : findRecords(domain, opType))
    for (int version : record.versions)
      if (version <= opset)
        newest = std::max<int64_t>(newest, version);
  return newest;
}
