#include "runtime/testbed/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tideline::testbed {
namespace {

// Closes everything but `keep`, which is sorted. Runs after fork: async-signal-safe.
void keep_only(const std::vector<int>& keep, int null) {
  for (int standard = 0; standard < 3; ++standard)
    if (!std::binary_search(keep.begin(), keep.end(), standard)) ::dup2(null, standard);
  unsigned from = 3;
  for (const int fd : keep) {
    if (fd < 3) continue;
    if (static_cast<unsigned>(fd) > from) ::syscall(SYS_close_range, from, static_cast<unsigned>(fd) - 1, 0u);
    from = static_cast<unsigned>(fd) + 1;
  }
  ::syscall(SYS_close_range, from, ~0u, 0u);
}

}  // namespace

void Descriptor::close() {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Result<LifePipe> make_line() {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    return error(ErrorKind::internal, "cannot make a socket pair: {}; raise the limit of open files",
                 std::strerror(errno));
  return LifePipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

Result<pid_t> fork_apart(const char* name, std::vector<int> keep, const std::function<void()>& body) {
  std::sort(keep.begin(), keep.end());
  const Descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  // Signals stay blocked across the fork, so that no handler of this process runs in the child.
  sigset_t all, before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setsid();
    ::prctl(PR_SET_NAME, name);
    keep_only(keep, null.get());
    body();
    ::_exit(0);
  }
  const int problem = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (pid < 0)
    return error(ErrorKind::internal, "cannot fork: {}; raise the limit of processes", std::strerror(problem));
  return pid;
}

void reap(pid_t pid) {
  while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
  }
}

}  // namespace tideline::testbed
