// agent --manual: prints a manual page, or the completions for a shell.
#include "runtime/app/manual/manual.h"
#include "runtime/app/modes/fail.h"
#include "runtime/app/modes/modes.h"

#include <cstdio>

namespace tideline::modes {

config::ExitCode run_manual(const config::Command& command) {
  const auto text = manual::manual(command.manual);
  if (!text) return fail(text.error(), config::ExitCode::usage);
  std::fputs(text->c_str(), stdout);
  return config::ExitCode::ok;
}

}  // namespace tideline::modes
