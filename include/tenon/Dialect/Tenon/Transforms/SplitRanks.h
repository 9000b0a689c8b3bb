//===- SplitRanks.h - one model on several ranks ----------------*- C++ -*-===//
#ifndef TENON_DIALECT_TENON_TRANSFORMS_SPLITRANKS_H
#define TENON_DIALECT_TENON_TRANSFORMS_SPLITRANKS_H

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringRef.h"

#include <optional>
#include <string>

namespace tenon {

/// Of a module with functions that several ranks compute: which of them it is
/// for.
inline constexpr llvm::StringLiteral stageAttrName = "tenon.stage";

/// The function that gives all ranks the states that one of them changes.
inline constexpr llvm::StringLiteral collectFunctionName = "collect_states";

/// Gives each op of `function` one of the ranks: by the names of its nodes with
/// `places`, a pattern for each rank, else so that each rank computes a run of
/// ops that costs about as much as others'. It becomes part of the op's
/// location, which what is made of the op inherits. Fails after a diagnostic.
mlir::LogicalResult assignRanks(mlir::func::FuncOp function, int64_t numRanks,
                                llvm::ArrayRef<std::string> places = {});

/// The rank that computes `op`, as that has said it.
std::optional<int64_t> getAssignedRank(mlir::Operation *op);

} // namespace tenon

#endif // TENON_DIALECT_TENON_TRANSFORMS_SPLITRANKS_H
