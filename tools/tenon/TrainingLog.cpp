//===- TrainingLog.cpp - steps and epochs as lines of JSON ----------------===//

#include "TrainingLog.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;
using namespace tenon;

Expected<std::unique_ptr<TrainingLog>> TrainingLog::create(StringRef path) {
  std::error_code code;
  std::unique_ptr<TrainingLog> log(new TrainingLog(path, code));
  if (code)
    return createFileError(path, code);
  return log;
}

/// Whether a line is whole, and of the first `steps` steps or `epochs` epochs.
static bool isOf(StringRef line, int64_t steps, int64_t epochs) {
  Expected<json::Value> value = json::parse(line);
  if (!value) {
    consumeError(value.takeError());
    return false;
  }
  const json::Object *object = value->getAsObject();
  if (!object)
    return false;
  if (std::optional<int64_t> step = object->getInteger("step"))
    return *step <= steps;
  std::optional<int64_t> epoch = object->getInteger("epoch");
  return epoch && *epoch <= epochs;
}

Expected<std::unique_ptr<TrainingLog>>
TrainingLog::resume(StringRef path, int64_t steps, int64_t epochs) {
  std::string kept;
  if (auto buffer = MemoryBuffer::getFile(path))
    for (StringRef line : split((*buffer)->getBuffer(), '\n'))
      if (isOf(line, steps, epochs))
        (kept += line) += '\n';
  Expected<std::unique_ptr<TrainingLog>> log = create(path);
  if (!log)
    return log;
  if (Error error = (*log)->write(kept))
    return std::move(error);
  return log;
}

Error TrainingLog::write(StringRef text) {
  os << text;
  os.flush();
  if (!os.has_error())
    return Error::success();
  std::error_code code = os.error();
  os.clear_error(); // which would end the process
  return createFileError(path, code);
}

Error TrainingLog::add(json::Object line) {
  std::string text;
  raw_string_ostream(text) << json::Value(std::move(line)) << '\n';
  return write(text);
}
