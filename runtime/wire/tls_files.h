// TLS files: loads and checks the files of a TlsContext.
#pragma once

#include "runtime/wire/tls.h"

#include <string_view>

namespace tideline::wire {

// Loads the CA, the certificate and the key into `context`. Errors, here and below: TlsContext::load.
Result<void> load_tls_files(ssl_ctx_st* context, const TlsContext::Files& files);

// Loads the certificate and the key alone. `section` begins the names of their settings: "tls." or "http.tls_".
Result<void> load_tls_pair(ssl_ctx_st* context, const TlsContext::Files& files, std::string_view section);

// Checks the certificate in `context` as the other side will.
Result<void> check_certificate(ssl_ctx_st* context, const TlsContext::Files& files, TlsContext::Role role,
                               TlsContext::Dates dates);

}  // namespace tideline::wire
