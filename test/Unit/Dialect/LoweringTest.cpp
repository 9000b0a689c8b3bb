//===- LoweringTest.cpp - every op has a way down -------------------------===//

#include "tenon/Conversion/LinalgLowering.h"
#include "tenon/Dialect/Tenon/IR/TenonDialect.h"
#include <gtest/gtest.h>

using namespace mlir;
using namespace tenon;

namespace {

/// What is no computation of a kernel: the structure around and inside of
/// them, and what folds before there are any.
const StringLiteral structure[] = {
    "tenon.group",     "tenon.yield",    "tenon.launch",
    "tenon.dim_guard", "tenon.state",    "tenon.get_state",
    "tenon.set_state", "tenon.bind_dim", "tenon.index_guard"};

/// What a program does together with others, between its kernels.
const StringLiteral transfers[] = {
    "tenon.all_reduce", "tenon.all_gather", "tenon.collective_broadcast",
    "tenon.send",       "tenon.receive",    "tenon.rank",
    "tenon.await"};

/// Loops that run a number of times known to the compiler become `scan`;
/// others are the program's.
const StringLiteral becomesAnother[] = {"tenon.loop"};

TEST(Lowering, EveryOpLowersOrDecomposes) {
  DialectRegistry registry;
  registry.insert<TenonDialect>();
  registerLinalgLowerings(registry);
  MLIRContext context(registry);
  context.loadDialect<TenonDialect>();
  auto ops = context.getRegisteredOperationsByDialect("tenon");
  EXPECT_FALSE(ops.empty());
  for (RegisteredOperationName op : ops) {
    StringRef name = op.getStringRef();
    bool hasWayDown = op.hasInterface<LinalgLoweringOpInterface>() ||
                      op.hasInterface<DecomposableOpInterface>();
    bool isExempt = llvm::is_contained(structure, name) ||
                    llvm::is_contained(transfers, name) ||
                    llvm::is_contained(becomesAnother, name);
    EXPECT_NE(hasWayDown, isExempt) << name.str();
  }
}

} // namespace
