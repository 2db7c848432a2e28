// Door options: the options of the HTTP server, by the config, for --serve and --cloud.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/http/http_server.h"
#include "runtime/wire/endpoint.h"
#include "runtime/wire/tls.h"

#include <memory>

namespace tideline::modes {

// Returns what HTTPS is served with; null if the config names no certificate. Returns invalid, as "http.tls_key: ...",
// if only one of the files is named, or one cannot be used.
Result<std::shared_ptr<const wire::TlsContext>> door_tls(const config::Config& config);

// Returns the options of a server at `configured`, or at the socket that the service manager passes, without those that
// the mode makes itself: admission and budget. Returns invalid if token, certificate or key cannot be used, or the
// socket is of another kind. Warns of a token that would cross a network in the clear. Call once.
Result<http::HttpServer::Options> door_options(const config::Config& config, const wire::Endpoint& configured,
                                               const Log& log);

}  // namespace tideline::modes
