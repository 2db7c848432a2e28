// TLS files: loads and checks the files of a TlsContext.
#pragma once

#include "runtime/wire/tls.h"

namespace tideline::wire {

// Loads the CA, the certificate and the key into `context`. Errors, here and below: TlsContext::load.
Result<void> load_tls_files(ssl_ctx_st* context, const TlsContext::Files& files);

// Checks the certificate in `context` as the other side will.
Result<void> check_certificate(ssl_ctx_st* context, const TlsContext::Files& files, TlsContext::Role role,
                               TlsContext::Dates dates);

}  // namespace tideline::wire
