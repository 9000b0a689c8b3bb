//===- TestSuite.h - model tests in processes of their own ------*- C++ -*-===//

#ifndef TENON_DRIVER_TESTSUITE_H
#define TENON_DRIVER_TESTSUITE_H

#include "tenon/Driver/ModelTest.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace tenon {

/// How to run one model in a process of its own.
struct WorkerCommand {
  /// The program and its arguments; each case appends its model's path, and
  /// `resultOption` with the number of the descriptor that takes the result
  /// (one TestResult as JSON).
  std::vector<std::string> arguments;
  std::string resultOption;
  unsigned jobs = 1;
  unsigned timeoutSeconds = 300;
};

/// Tests the cases, `jobs` at a time, and calls `report` for each as it ends. A
/// worker that dies is a crash, one that takes too long is killed with its
/// children. Returns false if the machine refuses to start processes.
bool runTestCases(
    llvm::ArrayRef<TestCase> cases, const WorkerCommand &command,
    llvm::function_ref<void(size_t index, const TestResult &)> report);

} // namespace tenon

#endif // TENON_DRIVER_TESTSUITE_H
