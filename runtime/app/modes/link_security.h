// Link security: decides whether the link between edge and cloud uses TLS, may be plain TCP, or is refused.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/base/result.h"
#include "runtime/link/tcp_link.h"
#include "runtime/wire/tls_identity.h"

#include <memory>
#include <string>

namespace tideline::modes {

// Returns true iff the address cannot be reached from another machine. Judges it as written: the address of a name may
// change.
bool is_on_this_machine(const std::string& host);

// Returns the TLS context of the link if tls.ca, tls.cert and tls.key are given. Returns null, which means plain TCP,
// if `other` is on this machine or tls.insecure is set. Otherwise, or if TlsContext::load() fails, returns invalid with
// a remedy. `other` is the address at which the cloud listens, or that the edge dials.
Result<std::shared_ptr<const wire::TlsContext>> secure_link(
    const config::Config& config, wire::TlsContext::Role role, const wire::Endpoint& other,
    wire::TlsContext::Dates dates = wire::TlsContext::Dates::now);

// Returns the identity of the edge's links to all its peers, as secure_link() does. With Dates::whenever, the
// certificate need not be valid now: the links come up once it is.
Result<wire::TlsIdentity> edge_identity(const config::Config& config, wire::TlsContext::Dates dates);

// Returns the options of the edge's link to `peer`.
link::TcpLink::Options link_options(const config::Config& config, const wire::Endpoint& peer,
                                    wire::TlsIdentity identity);

// Returns why the other side would not accept this side's certificate now; empty if it would, or there is none.
std::string why_not_valid(const wire::TlsIdentity& identity);

// Returns true iff the link uses TLS.
bool uses_tls(const config::Config& config);

// Reads the certificate files that `next` names, for identity.take(). Returns null if there is nothing to take: TLS
// begins and ends only with a restart. Errors are those of secure_link() and TlsIdentity::read().
Result<std::shared_ptr<const wire::TlsContext>> read_again(const config::Config& next,
                                                           const wire::TlsIdentity& identity);

}  // namespace tideline::modes
