// The log of the agent.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/base/log.h"
#include "runtime/cloud/tail_access.h"
#include "runtime/http/access.h"

#include <functional>

namespace tideline::modes {

// Returns a log to stderr, in the form that the config says. Its lines begin with a priority <N> if the service
// manager's journal reads them.
Log make_log(const config::Config& config);

// Returns what tells the log of answers over HTTP (http.access_log), each as a line of level info; in a log of JSON the
// line has a field for each thing. Empty if the config asks for none. Thread-safe.
std::function<void(const http::Access&)> make_access_log(const config::Config& config, const Log& log);

// The same for requests for tails (cloud.access_log).
std::function<void(const cloud::TailAccess&)> make_tail_log(const config::Config& config, const Log& log);

}  // namespace tideline::modes
