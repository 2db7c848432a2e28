#include "runtime/wire/tls.h"

#include "runtime/wire/tls_files.h"

#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace tideline::wire {
namespace {

// AES first, for processors with AES instructions; ChaCha20 for the others.
constexpr const char* kSuites = "TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256:TLS_AES_256_GCM_SHA384";

// OpenSSL accepts a certificate without a role for any role; this program does not.
int check_role(int so_far, X509_STORE_CTX* chain) {
  if (so_far != 1 || X509_STORE_CTX_get_error_depth(chain) != 0) return so_far;
  if ((X509_get_extension_flags(X509_STORE_CTX_get_current_cert(chain)) & EXFLAG_XKUSAGE) != 0) return so_far;
  X509_STORE_CTX_set_error(chain, X509_V_ERR_INVALID_PURPOSE);
  return 0;
}

// What every context has, whoever the other side is.
Result<void> set_up(SSL_CTX* context) {
  if (!context || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_ciphersuites(context, kSuites) != 1)
    return error(ErrorKind::internal, "OpenSSL offers no TLS 1.3; install the libssl3 of this release");
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);  // An idle edge costs little.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(context, 0);
  return {};
}

}  // namespace

Result<std::shared_ptr<const TlsContext>> TlsContext::load(Role role, const Files& files, Dates dates) {
  const bool cloud = role == Role::cloud;
  const std::shared_ptr<const TlsContext> made(
      new TlsContext(role, files, SSL_CTX_new(cloud ? TLS_server_method() : TLS_client_method())));
  SSL_CTX* const context = made->get();
  if (const auto ready = set_up(context); !ready) return ready.error();
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, check_role);
  if (const auto loaded = load_tls_files(context, files); !loaded) return loaded.error();
  if (const auto fits = check_certificate(context, files, role, dates); !fits) return fits.error();
  return made;
}

Result<std::shared_ptr<const TlsContext>> TlsContext::load_server(const Files& files) {
  const std::shared_ptr<const TlsContext> made(new TlsContext(Role::server, files, SSL_CTX_new(TLS_server_method())));
  if (const auto ready = set_up(made->get()); !ready) return ready.error();
  if (const auto loaded = load_tls_pair(made->get(), files, "http.tls_"); !loaded) return loaded.error();
  return made;
}

Result<void> TlsContext::check_dates() const {
  return check_certificate(context_, files_, role_, Dates::now);
}

TlsContext::~TlsContext() {
  SSL_CTX_free(context_);
}

}  // namespace tideline::wire
