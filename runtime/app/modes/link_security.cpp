#include "runtime/app/modes/link_security.h"

#include <arpa/inet.h>

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

Result<void> check_all_given(const config::Config::Tls& tls) {
  if (const std::string_view name = missing(tls); !name.empty())
    return error(ErrorKind::invalid, "{} is missing; tls.ca, tls.cert and tls.key go together", name);
  return {};
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
  const bool none = !uses_tls(config);
  if (none && !tls.insecure && !is_on_this_machine(other.host)) return not_secure(role, other);
  if (none) return std::shared_ptr<const wire::TlsContext>();
  if (tls.insecure)
    return error(ErrorKind::invalid, "tls.insecure and certificates exclude each other; leave one of them out");
  if (const auto whole = check_all_given(tls); !whole) return whole.error();
  return wire::TlsContext::load(role, {tls.ca, tls.cert, tls.key}, dates);
}

Result<wire::TlsIdentity> edge_identity(const config::Config& config, wire::TlsContext::Dates dates) {
  std::shared_ptr<const wire::TlsContext> first;
  for (const wire::Endpoint& peer : config.edge.peers) {
    if (first) break;  // The address of a peer matters only without TLS.
    auto tls = secure_link(config, wire::TlsContext::Role::edge, peer, dates);
    if (!tls) return tls.error();
    first = *std::move(tls);
  }
  return wire::TlsIdentity(std::move(first));
}

link::TcpLink::Options link_options(const config::Config& config, const wire::Endpoint& peer,
                                    wire::TlsIdentity identity) {
  return {.peer = peer,
          .tls = std::move(identity),
          .tls_name = config.tls.peer_name,
          .connect_timeout = config.edge.connect_timeout};
}

std::string why_not_valid(const wire::TlsIdentity& identity) {
  const auto tls = identity.context();
  if (!tls) return "";
  const auto valid = tls->check_dates();
  return valid ? "" : valid.error().message;
}

bool uses_tls(const config::Config& config) {
  return !config.tls.ca.empty() || !config.tls.cert.empty() || !config.tls.key.empty();
}

Result<std::shared_ptr<const wire::TlsContext>> read_again(const config::Config& next,
                                                           const wire::TlsIdentity& identity) {
  if (!identity || !uses_tls(next)) return std::shared_ptr<const wire::TlsContext>();
  if (const auto whole = check_all_given(next.tls); !whole) return whole.error();
  return identity.read({next.tls.ca, next.tls.cert, next.tls.key});
}

}  // namespace tideline::modes
