// Door options: the options of the HTTP server, by the config, for --serve and --cloud.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/base/budget.h"
#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/http/http_server.h"
#include "runtime/wire/endpoint.h"

namespace tideline::modes {

// Returns the options of a server at `at`. REQUIRES: what is passed by reference outlives that server.
http::HttpServer::Options door_options(const config::Config& config, const wire::Endpoint& at,
                                       http::Admission& admission, Budget& budget, const Log& log);

}  // namespace tideline::modes
