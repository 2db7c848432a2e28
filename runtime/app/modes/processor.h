// Processor: what the agent says when this one has too few instructions.
#pragma once

#include "runtime/base/result.h"

namespace tideline::modes {

// Returns internal if no network can run on this processor.
Result<void> check_processor();

// From now on SIGILL ends the process with one sentence and ExitCode::internal, not by the signal.
void explain_illegal_instructions();

}  // namespace tideline::modes
