#include "runtime/testbed/guard.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>

namespace tideline::testbed {
namespace {

// The functions below run after fork: async-signal-safe calls on memory that was prepared before.

bool told_to_go(int line) {
  char word = 0;
  ssize_t size = 0;
  do {
    size = ::read(line, &word, 1);
  } while (size < 0 && errno == EINTR);
  return size == 1;
}

// A group can be removed once its last process is gone, which takes the kernel a moment.
void remove_group(const char* directory) {
  for (int attempt = 0; attempt < 500 && ::rmdir(directory) != 0 && errno == EBUSY; ++attempt) {
    const timespec moment{0, 10'000'000};
    ::nanosleep(&moment, nullptr);
  }
}

void stand_guard(int line, const Guard::Undo& undo, char* const* argv) {
  if (told_to_go(line)) return;
  for (const int worker : undo.workers) ::syscall(SYS_pidfd_send_signal, worker, SIGKILL, nullptr, 0u);
  for (const auto& group : undo.groups) remove_group(group.c_str());
  char* no_environment[] = {nullptr};
  if (argv[0]) ::execve(argv[0], argv, no_environment);
}

}  // namespace

Result<std::unique_ptr<Guard>> Guard::post(const Undo& undo) {
  auto line = make_line();
  if (!line) return line.error();
  std::vector<char*> argv;
  argv.reserve(undo.command.size() + 1);
  for (const auto& word : undo.command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  std::vector<int> keep = undo.workers;
  const int theirs = line->theirs.get();
  keep.push_back(theirs);
  const auto pid = fork_apart("tideline-guard", keep, [&] { stand_guard(theirs, undo, argv.data()); });
  if (!pid) return pid.error().within("the guard that cleans up after a crash");
  return std::unique_ptr<Guard>(new Guard(*pid, std::move(line->ours)));
}

Guard::~Guard() {
  ::send(line_.get(), "x", 1, MSG_NOSIGNAL);
  reap(pid_);
}

}  // namespace tideline::testbed
