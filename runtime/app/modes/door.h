// Door: watches whether the HTTP server still accepts connections, for --serve and --cloud.
#pragma once

#include "runtime/base/log.h"
#include "runtime/base/time.h"
#include "runtime/http/http_server.h"
#include "runtime/http/service.h"

namespace tideline::modes {

// Returns whether the server accepts connections, and reports a change to health and log. The caller stops its signs of
// life while this is false, so that the service manager restarts the agent. Call about once a second, from one thread.
bool watch_door(http::HttpServer& http, http::Service& service, TimePoint now, const Log& log);

}  // namespace tideline::modes
