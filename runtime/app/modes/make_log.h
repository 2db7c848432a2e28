// The log of the agent.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/base/log.h"

namespace tideline::modes {

// Returns a log to stderr. Its lines begin with a priority <N> if the service manager's journal reads them.
Log make_log(const config::Config& config);

}  // namespace tideline::modes
