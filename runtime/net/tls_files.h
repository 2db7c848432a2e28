// The files that a TlsContext is made of, each checked before it is used.
#pragma once

#include "runtime/net/tls.h"

namespace tideline {

// Gives `context` the CA, the certificate and the key. `to_cloud` says that they are an edge's. Errors:
// TlsContext::load.
Result<void> load_tls_files(ssl_ctx_st* context, const TlsContext::Files& files, bool to_cloud);

}  // namespace tideline
