#include "runtime/model/graph/trial.h"

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

namespace tideline::graph {
namespace {

constexpr rlim_t kProcessorSeconds = 60;
constexpr int kNoMemory = 3;

// Returns the address space that this process uses; if unknown, a value too large to limit anything.
std::uint64_t address_space() {
  std::uint64_t pages = std::uint64_t{1} << 40;
  std::ifstream("/proc/self/statm") >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

void set_limit(decltype(RLIMIT_AS) what, rlim_t most) {
  rlimit limit{};
  if (::getrlimit(what, &limit) != 0 || limit.rlim_max < most) return;
  limit.rlim_cur = most;
  ::setrlimit(what, &limit);
}

// Sanitizers reserve terabytes of address space, and report crashes that we turn into a sentence.
void set_limits([[maybe_unused]] std::uint64_t address_space) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
  set_limit(RLIMIT_AS, address_space);
#endif
  set_limit(RLIMIT_CPU, kProcessorSeconds);
  set_limit(RLIMIT_CORE, 0);
  for (const int crash : {SIGSEGV, SIGBUS, SIGABRT, SIGFPE, SIGILL, SIGXCPU, SIGTERM, SIGINT})
    std::signal(crash, SIG_DFL);
}

// Teams of threads do not survive a fork.
class OneThread {
 public:
  OneThread() { at::set_num_threads(1); }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;
  ~OneThread() { at::set_num_threads(before_); }

 private:
  const int before_ = at::get_num_threads();
};

// Allocates no memory before it calls `what`.
[[noreturn]] void be_the_child(const std::function<void()>& what, std::uint64_t address_space) {
  set_limits(address_space);
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
                 "libtorch needs more memory to read it than such a file should take; it is damaged: save the network "
                 "again with torch.jit.save");
  if (!WIFSIGNALED(status)) return {};
  return error(ErrorKind::invalid,
               "libtorch {} on it (tried in a separate process); it is damaged or malicious: save the network again "
               "with torch.jit.save",
               WTERMSIG(status) == SIGXCPU ? "does not finish" : "crashes");
}

}  // namespace

Result<void> do_as_tried(const std::function<void()>& what, std::uint64_t memory) {
  const OneThread while_tried;
  const std::uint64_t most = address_space() + memory;
  const pid_t child = ::fork();
  if (child == 0) be_the_child(what, most);
  int status = 0;  // If fork() fails, the trial is skipped.
  while (child > 0 && ::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (auto judged = judge(status); !judged) return judged;
  what();
  return {};
}

}  // namespace tideline::graph
