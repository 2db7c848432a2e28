// Door options: the options of the HTTP server, by the config, for --serve and --cloud.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/http/http_server.h"
#include "runtime/wire/endpoint.h"

namespace tideline::modes {

// Returns the options of a server at `at`, without those that the mode makes itself: admission and budget. Returns
// invalid if the token cannot be read. Warns of a token that would cross a network in the clear.
Result<http::HttpServer::Options> door_options(const config::Config& config, const wire::Endpoint& at, const Log& log);

}  // namespace tideline::modes
