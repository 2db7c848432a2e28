#include "runtime/app/modes/fail.h"

#include "runtime/base/log.h"
#include "runtime/base/outside.h"

#include <cstdio>

namespace tideline::modes {

config::ExitCode fail(const Error& error, config::ExitCode code) {
  std::fprintf(stderr, "agent: %s\n", outside_text(error.message, kLongestLine).c_str());
  return code;
}

}  // namespace tideline::modes
