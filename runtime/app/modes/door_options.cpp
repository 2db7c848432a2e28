#include "runtime/app/modes/door_options.h"

#include "runtime/app/modes/link_security.h"
#include "runtime/app/modes/make_log.h"
#include "runtime/app/modes/passed_socket.h"
#include "runtime/http/bearer_token.h"
#include "runtime/http/body_headers.h"

#include <utility>

namespace tideline::modes {

Result<std::shared_ptr<const wire::TlsContext>> door_tls(const config::Config& config) {
  const config::Config::Http& http = config.http;
  if (http.tls_cert.empty() && http.tls_key.empty()) return std::shared_ptr<const wire::TlsContext>();
  if (http.tls_cert.empty() || http.tls_key.empty())
    return error(ErrorKind::invalid, "http.tls_{} is missing; http.tls_cert and http.tls_key go together",
                 http.tls_cert.empty() ? "cert" : "key");
  return wire::TlsContext::load_server({.certificate = http.tls_cert, .key = http.tls_key});
}

Result<http::HttpServer::Options> door_options(const config::Config& config, const wire::Endpoint& configured,
                                               const Log& log) {
  const auto passed = passed_socket();
  if (!passed) return passed.error();
  const wire::Endpoint at = *passed ? (*passed)->at : configured;
  http::HttpServer::Options options{.host = at.host,
                                    .port = at.port,
                                    .socket = *passed ? std::optional((*passed)->descriptor) : std::nullopt,
                                    .max_body = config.http.max_body,
                                    .workers = config.http.workers,
                                    .queue = static_cast<std::size_t>(config.http.queue),
                                    .aligned = http::tensors_begin,
                                    .access = make_access_log(config, log)};
  auto tls = door_tls(config);
  if (!tls) return tls.error();
  options.tls = *std::move(tls);
  if (config.http.token_file.empty()) return options;
  auto token = http::BearerToken::read(config.http.token_file);
  if (!token) return token.error().within("http.token_file");
  options.admit = [token = *std::move(token)](const http::RequestHead& head) { return http::admit(token, head); };
  if (!options.tls && !is_on_this_machine(at.host))
    log->warn("http: the token crosses the network in the clear; set http.tls_cert and http.tls_key");
  return options;
}

}  // namespace tideline::modes
