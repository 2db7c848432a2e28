// The files that a TlsContext is made of, each checked before it is used.
#pragma once

#include "runtime/wire/tls.h"

namespace tideline {

// Gives `context` the CA, the certificate and the key. Errors, here and below: TlsContext::load.
Result<void> load_tls_files(ssl_ctx_st* context, const TlsContext::Files& files);

// Asks of the certificate in `context` what the other side will ask.
Result<void> check_certificate(ssl_ctx_st* context, const TlsContext::Files& files, TlsContext::Role role,
                               TlsContext::Dates dates);

}  // namespace tideline
