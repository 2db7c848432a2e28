#include "runtime/app/modes/processor.h"

#include "runtime/app/config/exit_code.h"

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <string_view>

namespace tideline::modes {
namespace {

// OpenBLAS goes by the processor's family. A virtual machine may name one whose instructions it does not have. Each of
// the two names code that runs on every processor of its architecture.
constexpr std::string_view kLacks =
    "agent: this processor lacks an instruction that a library uses; give a virtual machine the processor of its host, "
    "or set OPENBLAS_CORETYPE to Prescott (amd64) or ARMV8 (arm64)\n";

// Async-signal-safe.
void end_by_sentence(int) {
  (void)!::write(STDERR_FILENO, kLacks.data(), kLacks.size());
  std::_Exit(static_cast<int>(config::ExitCode::internal));
}

}  // namespace

Result<void> check_processor() {
#ifdef __x86_64__
  if (!__builtin_cpu_supports("sse4.1"))
    return error(ErrorKind::internal,
                 "this processor lacks SSE4.1, which oneDNN needs; give a virtual machine the processor of its host");
#endif
  return {};
}

void explain_illegal_instructions() {
  std::signal(SIGILL, end_by_sentence);
}

}  // namespace tideline::modes
