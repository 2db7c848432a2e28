#include "runtime/app/modes/link_security.h"

#include "runtime/wire/certificate_expiry.h"

#include <arpa/inet.h>
#include <spdlog/spdlog.h>

#include <string_view>

namespace tideline {
namespace {

// Judges the address as written: the address of a name may change.
bool is_on_this_machine(const std::string& host) {
  in6_addr v6{};
  if (inet_pton(AF_INET6, host.c_str(), &v6) == 1) return IN6_IS_ADDR_LOOPBACK(&v6);
  in_addr v4{};
  if (inet_pton(AF_INET, host.c_str(), &v4) == 1) return (ntohl(v4.s_addr) >> 24) == 127;
  return host == "localhost";
}

Error not_secure(TlsContext::Role role, const Endpoint& other) {
  const bool cloud = role == TlsContext::Role::cloud;
  return error(ErrorKind::invalid,
               "{} {} is not on this machine, so the link would be open to everybody: make certificates with agent "
               "--make-certs and set tls.ca, tls.cert and tls.key, or set tls.insecure = true (--insecure)",
               cloud ? "cloud.listen" : "edge.peer", to_string(other));
}

// Returns the setting that is missing beside the others; empty if all are given.
std::string_view missing(const Config::Tls& tls) {
  if (tls.ca.empty()) return "tls.ca";
  if (tls.cert.empty()) return "tls.cert";
  return tls.key.empty() ? "tls.key" : "";
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> secure_link(const Config& config, TlsContext::Role role,
                                                      const Endpoint& other, TlsContext::Dates dates) {
  const Config::Tls& tls = config.tls;
  const bool none = tls.ca.empty() && tls.cert.empty() && tls.key.empty();
  if (none && !tls.insecure && !is_on_this_machine(other.host)) return not_secure(role, other);
  if (none) return std::shared_ptr<const TlsContext>();
  if (tls.insecure)
    return error(ErrorKind::invalid, "tls.insecure and certificates exclude each other; leave one of them out");
  if (const std::string_view name = missing(tls); !name.empty())
    return error(ErrorKind::invalid, "{} is missing; tls.ca, tls.cert and tls.key go together", name);
  return TlsContext::load(role, {tls.ca, tls.cert, tls.key}, dates);
}

Result<TcpLink::Options> link_options(const Config& config, const Endpoint& peer, TlsContext::Dates dates) {
  auto tls = secure_link(config, TlsContext::Role::edge, peer, dates);
  if (!tls) return tls.error();
  return TcpLink::Options{.peer = peer,
                          .tls = *std::move(tls),
                          .tls_name = config.tls.peer_name,
                          .connect_timeout = config.edge.connect_timeout};
}

std::string why_not_valid(const std::shared_ptr<const TlsContext>& tls) {
  if (!tls) return "";
  const auto valid = tls->check_dates();
  return valid ? "" : valid.error().message;
}

void warn_of_expiry(const Config& config, const TlsContext* tls, const Log& log) {
  const auto end = tls ? expiry(*tls) : std::nullopt;
  if (!end) return;
  const std::string why = expiry_warning(*end, std::chrono::system_clock::now());
  if (!why.empty()) log->warn("tls.cert: {}, or its CA, {}", config.tls.cert, why);
}

}  // namespace tideline
