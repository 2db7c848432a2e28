// burn SHARE: loads the CPU of this process to that share (0 to 1), as --profile does, until a signal stops it.
#include "runtime/testbed/cpu_load.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  using namespace tideline;
  const double share = argc == 2 ? std::strtod(argv[1], nullptr) : 0;
  if (share <= 0 || share > 1) return std::fprintf(stderr, "usage: burn SHARE, a number above 0 and up to 1\n"), 64;

  sigset_t stop;
  sigemptyset(&stop);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&stop, signal);
  sigprocmask(SIG_BLOCK, &stop, nullptr);

  const auto load = testbed::CpuLoad::start(share, {}, true);
  if (!load) return std::fprintf(stderr, "burn: %s\n", load.error().message.c_str()), 70;
  int signal = 0;
  sigwait(&stop, &signal);
  return 0;
}
