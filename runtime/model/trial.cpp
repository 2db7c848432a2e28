#include "runtime/model/trial.h"

#include <ATen/Parallel.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <fstream>
#include <new>

namespace tideline {
namespace {

constexpr rlim_t kProcessorSeconds = 60;
constexpr int kNoMemory = 3;

[[maybe_unused]] std::uint64_t address_space() {
  std::uint64_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void set_limit(decltype(RLIMIT_AS) what, rlim_t most) {
  rlimit limit{};
  if (::getrlimit(what, &limit) != 0 || limit.rlim_max < most) return;
  limit.rlim_cur = most;
  ::setrlimit(what, &limit);
}

// Sanitizers reserve terabytes, and report what we make a sentence of.
void set_limits([[maybe_unused]] std::uint64_t memory) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  if (const auto now = address_space(); now > 0) set_limit(RLIMIT_AS, now + memory);
#endif
  set_limit(RLIMIT_CPU, kProcessorSeconds);
  set_limit(RLIMIT_CORE, 0);
  for (const int crash : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU, SIGTERM, SIGINT})
    std::signal(crash, SIG_DFL);
}

[[noreturn]] void be_the_child(const std::function<void()>& what, std::uint64_t memory) {
  set_limits(memory);
  at::set_num_threads(1);  // Teams of threads do not survive a fork.
  try {
    what();
  } catch (const std::bad_alloc&) {
    ::_exit(kNoMemory);
  } catch (const std::exception& thrown) {
    ::_exit(std::strstr(thrown.what(), "allocate memory") != nullptr ? kNoMemory : 0);
  } catch (...) {
    ::_exit(0);
  }
  ::_exit(0);
}

Result<void> judge(int status) {
  if (WIFEXITED(status) && WEXITSTATUS(status) == kNoMemory)
    return error(ErrorKind::invalid,
                 "libtorch takes more memory to read it than such a file needs; it is damaged, so save the network "
                 "again with torch.jit.save");
  if (!WIFSIGNALED(status)) return {};
  return error(ErrorKind::invalid,
               "libtorch {} on it, which was tried in a process apart; it is damaged, or made to do so: save the "
               "network again with torch.jit.save",
               WTERMSIG(status) == SIGXCPU ? "does not come to an end" : "crashes");
}

}  // namespace

Result<void> try_in_child(const std::function<void()>& what, std::uint64_t memory) {
  const pid_t child = ::fork();
  if (child < 0) return {};  // No process to be had: it goes untried, as it would without this.
  if (child == 0) be_the_child(what, memory);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return {};
  }
  return judge(status);
}

}  // namespace tideline
