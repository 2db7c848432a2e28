#include "runtime/testbed/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tideline::testbed {
namespace {

constexpr std::size_t kMostOutput = 64 << 10;

// Starts the program with both of its outputs on `output`; returns an errno.
int spawn(pid_t& pid, const std::vector<std::string>& command, int output) {
  std::vector<char*> argv;
  argv.reserve(command.size() + 1);
  for (const auto& word : command) argv.push_back(const_cast<char*>(word.c_str()));
  argv.push_back(nullptr);
  char* no_environment[] = {nullptr};
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output, 1);
  ::posix_spawn_file_actions_adddup2(&actions, output, 2);
  const int problem = ::posix_spawn(&pid, command.front().c_str(), &actions, nullptr, argv.data(), no_environment);
  ::posix_spawn_file_actions_destroy(&actions);
  return problem;
}

// Reads to the end; returns false if `deadline` passes first. Drops bytes beyond kMostOutput.
bool read_all(int fd, TimePoint deadline, std::string& text) {
  for (char piece[4096];;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return false;
    pollfd ready{fd, POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(std::min<long>(left, 60'000))) <= 0) continue;
    const auto size = ::read(fd, piece, sizeof piece);
    if (size == 0) return true;
    if (size > 0) text.append(piece, std::min(static_cast<std::size_t>(size), kMostOutput - text.size()));
    if (size < 0 && errno != EINTR && errno != EAGAIN) return true;
  }
}

}  // namespace

Result<ProgramEnd> run_program(const std::vector<std::string>& command, TimePoint deadline) {
  auto line = make_line();
  if (!line) return line.error();
  pid_t pid = -1;
  if (const int problem = spawn(pid, command, line->theirs.get()))
    return error(ErrorKind::internal, "cannot run {}: {}", command.front(), std::strerror(problem));
  line->theirs.close();
  ProgramEnd end;
  const bool finished = read_all(line->ours.get(), deadline, end.output);
  if (!finished) ::kill(pid, SIGKILL);
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  if (!finished) return error(ErrorKind::unavailable, "{} did not end in time and was killed", command.front());
  end.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return end;
}

}  // namespace tideline::testbed
