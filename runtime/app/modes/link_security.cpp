#include "runtime/app/modes/link_security.h"

#include "runtime/wire/certificate_expiry.h"

#include <arpa/inet.h>
#include <spdlog/spdlog.h>

#include <string_view>

namespace tideline::modes {
namespace {

Error not_secure(wire::TlsContext::Role role, const wire::Endpoint& other) {
  const bool cloud = role == wire::TlsContext::Role::cloud;
  return error(ErrorKind::invalid,
               "{} {} is not on this machine, so the link would be open to everybody: make certificates with agent "
               "--make-certs and set tls.ca, tls.cert and tls.key, or set tls.insecure = true (--insecure)",
               cloud ? "cloud.listen" : "edge.peer", to_string(other));
}

// Returns the setting that is missing beside the others; empty if all are given.
std::string_view missing(const config::Config::Tls& tls) {
  if (tls.ca.empty()) return "tls.ca";
  if (tls.cert.empty()) return "tls.cert";
  return tls.key.empty() ? "tls.key" : "";
}

}  // namespace

bool is_on_this_machine(const std::string& host) {
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return host == "localhost";
}

Result<std::shared_ptr<const wire::TlsContext>> secure_link(const config::Config& config, wire::TlsContext::Role role,
                                                            const wire::Endpoint& other,
                                                            wire::TlsContext::Dates dates) {
  const config::Config::Tls& tls = config.tls;
  const bool none = tls.ca.empty() && tls.cert.empty() && tls.key.empty();
  if (none && !tls.insecure && !is_on_this_machine(other.host)) return not_secure(role, other);
  if (none) return std::shared_ptr<const wire::TlsContext>();
  if (tls.insecure)
    return error(ErrorKind::invalid, "tls.insecure and certificates exclude each other; leave one of them out");
  if (const std::string_view name = missing(tls); !name.empty())
    return error(ErrorKind::invalid, "{} is missing; tls.ca, tls.cert and tls.key go together", name);
  return wire::TlsContext::load(role, {tls.ca, tls.cert, tls.key}, dates);
}

Result<link::TcpLink::Options> link_options(const config::Config& config, const wire::Endpoint& peer,
                                            wire::TlsContext::Dates dates) {
  auto tls = secure_link(config, wire::TlsContext::Role::edge, peer, dates);
  if (!tls) return tls.error();
  return link::TcpLink::Options{.peer = peer,
                                .tls = *std::move(tls),
                                .tls_name = config.tls.peer_name,
                                .connect_timeout = config.edge.connect_timeout};
}

std::string why_not_valid(const std::shared_ptr<const wire::TlsContext>& tls) {
  if (!tls) return "";
  const auto valid = tls->check_dates();
  return valid ? "" : valid.error().message;
}

void warn_of_expiry(const config::Config& config, const wire::TlsContext* tls, const Log& log) {
  const auto end = tls ? expiry(*tls) : std::nullopt;
  if (!end) return;
  const std::string why = wire::expiry_warning(*end, std::chrono::system_clock::now());
  if (!why.empty()) log->warn("tls.cert: {}, or its CA, {}", config.tls.cert, why);
}

}  // namespace tideline::modes
