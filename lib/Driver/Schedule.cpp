//===- Schedule.cpp - learning rates over time ----------------------------===//

#include "tenon/Driver/Schedule.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cmath>

using namespace llvm;
using namespace tenon;

Expected<Schedule> Schedule::parse(StringRef text) {
  static const StringLiteral names[] = {"constant", "linear", "cosine", "step",
                                        "exponential"};
  auto [name, numbers] = text.split(':');
  Schedule schedule;
  schedule.name = name.str();
  if (!llvm::is_contained(names, name))
    return createStringError("expected a schedule out of " +
                             llvm::join(ArrayRef(names), ", ") + ", got '" +
                             name + "'");
  schedule.gamma = name == "step" ? 0.1 : 0.99;
  schedule.size = 1000;
  SmallVector<StringRef> entries;
  numbers.split(entries, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  for (StringRef entry : entries) {
    auto [key, value] = entry.split('=');
    double *number = key == "warmup"  ? &schedule.warmup
                     : key == "gamma" ? &schedule.gamma
                     : key == "size"  ? &schedule.size
                     : key == "min"   ? &schedule.least
                                      : nullptr;
    if (!number || value.getAsDouble(*number) || *number < 0)
      return createStringError("expected warmup, gamma, size or min with a "
                               "number for the schedule, got '" +
                               entry + "'");
  }
  if (schedule.size < 1)
    return createStringError("expected a size of at least 1 for the schedule");
  return schedule;
}

double Schedule::getFactor(int64_t step, int64_t numSteps) const {
  if (step < warmup)
    return (step + 1) / warmup;
  double done = (step - warmup) / std::max(numSteps - warmup, 1.0);
  if (name == "linear")
    return 1 - done;
  if (name == "cosine")
    return least + (1 - least) * 0.5 * (1 + std::cos(M_PI * done));
  if (name == "step")
    return std::pow(gamma, std::floor((step - warmup) / size));
  if (name == "exponential")
    return std::pow(gamma, step - warmup);
  return 1;
}
