// Link security: decides whether the link between edge and cloud uses TLS, may be plain TCP, or is refused.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/wire/tls.h"

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

// Returns the options of the edge's link to `peer`. With Dates::whenever, the certificate need not be valid now: the
// link comes up once it is.
Result<link::TcpLink::Options> link_options(const config::Config& config, const wire::Endpoint& peer,
                                            wire::TlsContext::Dates dates = wire::TlsContext::Dates::now);

// Returns why the other side would not accept this side's certificate now; empty if it would, or there is none.
std::string why_not_valid(const std::shared_ptr<const wire::TlsContext>& tls);

// Logs a warning if the certificate is about to expire. `tls` may be null.
void warn_of_expiry(const config::Config& config, const wire::TlsContext* tls, const Log& log);

}  // namespace tideline::modes
