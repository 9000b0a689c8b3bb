//===- TestSuite.cpp - model tests in processes of their own --------------===//

#include "tenon/Driver/TestSuite.h"

#include "tenon/Target/TemporaryFolder.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;
using namespace tenon;
using Clock = std::chrono::steady_clock;

extern char **environ;

namespace {
/// Where a worker finds the pipes in its own process.
constexpr int kResultDescriptor = 3;

/// One pipe's reading end and what came out of it.
struct Reader {
  int descriptor = -1;
  std::string text;

  bool isOpen() const { return descriptor >= 0; }
  void close() {
    if (isOpen())
      ::close(descriptor);
    descriptor = -1;
  }
  /// Takes what is there; closes at the end.
  void read() {
    char buffer[4096];
    ssize_t count = ::read(descriptor, buffer, sizeof(buffer));
    if (count > 0)
      text.append(buffer, count);
    else if (count == 0 || errno != EINTR)
      close();
  }
};

/// A process that tests one model: its result comes through one pipe, its
/// stderr through another.
class Worker {
public:
  static std::optional<Worker> start(const WorkerCommand &command, size_t index,
                                     const TestCase &testCase);

  size_t getIndex() const { return index; }
  bool isRunning() const { return result.isOpen() || errors.isOpen(); }
  void addTo(SmallVectorImpl<pollfd> &descriptors) const {
    for (const Reader *reader : {&result, &errors})
      if (reader->isOpen())
        descriptors.push_back({reader->descriptor, POLLIN, 0});
  }
  void readFrom(int descriptor) {
    for (Reader *reader : {&result, &errors})
      if (reader->descriptor == descriptor)
        reader->read();
  }
  double getSeconds() const {
    return std::chrono::duration<double>(Clock::now() - begin).count();
  }
  /// Kills the worker and everything that it started.
  void kill() {
    ::kill(-process, SIGKILL);
    hasTimedOut = true;
    result.close();
    errors.close();
  }
  /// Waits for the end, which is near once the pipes are closed.
  TestResult finish();

private:
  TestResult explainDeath(int status) const;

  std::unique_ptr<TemporaryFolder> folder;
  size_t index = 0;
  pid_t process = 0;
  Clock::time_point begin;
  Reader result, errors;
  bool hasTimedOut = false;
};

std::vector<char *> getPointers(std::vector<std::string> &strings) {
  std::vector<char *> pointers;
  for (std::string &string : strings)
    pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

/// This process's environment with another folder for temporary files.
std::vector<char *> getEnvironment(std::string &temporary) {
  std::vector<char *> pointers = {temporary.data()};
  for (char **variable = environ; *variable; ++variable)
    if (!StringRef(*variable).starts_with("TMPDIR="))
      pointers.push_back(*variable);
  pointers.push_back(nullptr);
  return pointers;
}

std::optional<Worker> Worker::start(const WorkerCommand &command, size_t index,
                                    const TestCase &testCase) {
  int resultPipe[2], errorPipe[2];
  if (pipe2(resultPipe, O_CLOEXEC) || pipe2(errorPipe, O_CLOEXEC))
    return std::nullopt;
  std::vector<std::string> arguments = command.arguments;
  arguments.push_back(command.resultOption + std::to_string(kResultDescriptor));
  arguments.push_back(testCase.path);

  // What it compiles is removed with the worker, however that ends.
  auto folder = TemporaryFolder::createInTemp();
  if (!folder) {
    consumeError(folder.takeError());
    return std::nullopt;
  }
  std::string temporary = "TMPDIR=" + (*folder)->getPath("");

  // A group of its own, so that a timeout ends its children as well.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, errorPipe[1], STDERR_FILENO);
  posix_spawn_file_actions_adddup2(&actions, resultPipe[1], kResultDescriptor);
  Worker worker;
  worker.folder = std::move(*folder);
  worker.index = index;
  worker.begin = Clock::now();
  int error = posix_spawn(&worker.process, arguments.front().c_str(), &actions,
                          &attributes, getPointers(arguments).data(),
                          getEnvironment(temporary).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  close(resultPipe[1]);
  close(errorPipe[1]);
  worker.result.descriptor = resultPipe[0];
  worker.errors.descriptor = errorPipe[0];
  if (!error)
    return worker;
  worker.result.close();
  worker.errors.close();
  return std::nullopt;
}

TestResult Worker::finish() {
  double seconds = getSeconds();
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR)
    continue;
  if (hasTimedOut)
    return {TestStatus::Timeout,
            "no result after " + std::to_string(int(seconds)) + " s", seconds};
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    TestResult reported;
    json::Path::Root root;
    Expected<json::Value> value = json::parse(result.text);
    if (value && fromJSON(*value, reported, root))
      return reported;
    if (!value)
      consumeError(value.takeError());
  }
  TestResult death = explainDeath(status);
  death.seconds = seconds;
  return death;
}

TestResult Worker::explainDeath(int status) const {
  std::string reason = WIFSIGNALED(status)
                           ? "signal " + std::to_string(WTERMSIG(status)) +
                                 " (" + strsignal(WTERMSIG(status)) + ")"
                           : "exit status " +
                                 std::to_string(WEXITSTATUS(status)) +
                                 " without a result";
  // Of what a dying process prints, the line that names the cause.
  for (StringRef line : llvm::split(errors.text, '\n'))
    if (line.contains("Assertion") || line.contains("ERROR"))
      return {TestStatus::Crash, reason + ": " + line.trim().str()};
  return {TestStatus::Crash, reason};
}

/// Waits until a worker says something, and reads it.
void pollWorkers(std::vector<Worker> &workers) {
  // Short enough to notice timeouts soon.
  constexpr int kMilliseconds = 200;
  SmallVector<pollfd> descriptors;
  for (const Worker &worker : workers)
    worker.addTo(descriptors);
  if (poll(descriptors.data(), descriptors.size(), kMilliseconds) <= 0)
    return;
  for (const pollfd &descriptor : descriptors)
    if (descriptor.revents)
      for (Worker &worker : workers)
        worker.readFrom(descriptor.fd);
}
} // namespace

bool tenon::runTestCases(
    ArrayRef<TestCase> cases, const WorkerCommand &command,
    function_ref<void(size_t index, const TestResult &)> report) {
  std::vector<Worker> workers;
  size_t next = 0;
  while (next < cases.size() || !workers.empty()) {
    while (next < cases.size() && workers.size() < command.jobs) {
      std::optional<Worker> worker = Worker::start(command, next, cases[next]);
      if (!worker) {
        for (Worker &running : workers)
          running.kill();
        return false;
      }
      workers.push_back(std::move(*worker));
      ++next;
    }
    pollWorkers(workers);
    for (Worker &worker : workers)
      if (worker.isRunning() && worker.getSeconds() > command.timeoutSeconds)
        worker.kill();
    for (Worker &worker : workers)
      if (!worker.isRunning())
        report(worker.getIndex(), worker.finish());
    llvm::erase_if(workers,
                   [](const Worker &worker) { return !worker.isRunning(); });
  }
  return true;
}
