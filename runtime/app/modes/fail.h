// How a mode ends with an error.
#pragma once

#include "runtime/app/config/exit_code.h"
#include "runtime/base/result.h"

namespace tideline::modes {

// Prints "agent: <message>" to stderr and returns `code`.
config::ExitCode fail(const Error& error, config::ExitCode code);

}  // namespace tideline::modes
