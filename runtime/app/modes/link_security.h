// How the link between edge and cloud is kept from others: by TLS, or by not leaving this machine.
#pragma once

#include "runtime/app/config/config.h"
#include "runtime/base/log.h"
#include "runtime/base/result.h"
#include "runtime/wire/tls.h"

#include <memory>
#include <string>

namespace tideline {

// Returns what the link has to be made with: TLS where tls.ca, tls.cert and tls.key are given; null, which is plain
// TCP, where `other` is on this machine or tls.insecure says so. Returns invalid, with what to do, when neither is so,
// or the files are not as TlsContext::load() wants them. `other` is where the cloud listens, or the edge dials.
Result<std::shared_ptr<const TlsContext>> secure_link(const Config& config, TlsContext::Role role,
                                                      const Endpoint& other,
                                                      TlsContext::Dates dates = TlsContext::Dates::now);

// Returns the options of the edge's link to `peer`. With Dates::whenever, the certificate need not be valid now: the
// link comes up once it is.
Result<TcpLink::Options> link_options(const Config& config, const Endpoint& peer,
                                      TlsContext::Dates dates = TlsContext::Dates::now);

// Returns why the other side would not accept this side's certificate now; empty when it would, or there is none.
std::string why_not_valid(const std::shared_ptr<const TlsContext>& tls);

// Logs that the certificate is about to expire, where it is. `tls` may be null.
void warn_of_expiry(const Config& config, const TlsContext* tls, const Log& log);

}  // namespace tideline
