// Door options: the options of the HTTP server, by the config, for --serve and --cloud.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/http/http_server.h"
#include "runtime/wire/endpoint.h"

namespace tideline::modes {

// Returns the options of a server at `configured`, or at the socket that the service manager passes, without those that
// the mode makes itself: admission and budget. Returns invalid if the token cannot be read, or the socket is of another
// kind. Warns of a token that would cross a network in the clear. Call once.
Result<http::HttpServer::Options> door_options(const config::Config& config, const wire::Endpoint& configured,
                                               const Log& log);

}  // namespace tideline::modes
