#include "runtime/wire/tls_files.h"

#include "runtime/base/file.h"
#include "runtime/wire/tls_fault.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/stat.h>

#include <memory>

namespace tideline::wire {
namespace {

constexpr Bytes kLongestPem = 1_MiB;
constexpr std::string_view kMake = "create it with agent --make-certs";

Result<void> check_readable(std::string_view section, std::string_view name, const std::string& file) {
  const auto good = check_regular(file, kLongestPem);
  if (good) return {};
  return error(ErrorKind::invalid, "{}{}: {}; {}", section, name, good.error().message, kMake);
}

Result<void> check_secret(std::string_view section, const std::string& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0 || (status.st_mode & S_IRWXO) == 0) return {};
  return error(ErrorKind::invalid, "{}key: all users of this machine may read or write {}; run chmod 600 on it",
               section, file);
}

int no_passphrase(char*, int, int, void*) {
  return -1;
}

Result<void> load_key(SSL_CTX* context, const TlsContext::Files& files, std::string_view section) {
  SSL_CTX_set_default_passwd_cb(context, no_passphrase);  // OpenSSL would ask on the terminal.
  ERR_clear_error();
  if (SSL_CTX_use_PrivateKey_file(context, files.key.c_str(), SSL_FILETYPE_PEM) == 1) return {};
  if (ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_VALUES_MISMATCH ||
      ERR_GET_REASON(ERR_peek_error()) == X509_R_KEY_TYPE_MISMATCH)
    return error(ErrorKind::invalid, "{}key: {} is not the key of the certificate in {}; name a matching pair", section,
                 files.key, files.certificate);
  return error(ErrorKind::invalid, "{}key: {} holds no private key in PEM, or an encrypted one; {}", section, files.key,
               kMake);
}

Error not_accepted(long why, const TlsContext::Files& files, bool to_cloud) {
  switch (fault_of_verification(why)) {
    case TlsFault::expired:
      return error(ErrorKind::invalid,
                   "tls.cert: {} or its CA has expired, or the clock is ahead; make another with agent --make-certs",
                   files.certificate);
    case TlsFault::not_yet_valid:
      return error(ErrorKind::invalid, "tls.cert: {} or its CA is not valid yet; set the clock of this machine",
                   files.certificate);
    case TlsFault::wrong_role:
      return error(ErrorKind::invalid, "tls.cert: {} is not for {}; name one that agent --make-certs made for it",
                   files.certificate, to_cloud ? "an edge" : "a cloud");
    default:
      return error(ErrorKind::invalid, "tls.cert: {} is not signed by the CA in {} ({}); name a matching pair",
                   files.certificate, files.ca, X509_verify_cert_error_string(why));
  }
}

}  // namespace

Result<void> check_certificate(SSL_CTX* context, const TlsContext::Files& files, TlsContext::Role role,
                               TlsContext::Dates dates) {
  const bool to_cloud = role == TlsContext::Role::edge;
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> chain(X509_STORE_CTX_new(),
                                                                              X509_STORE_CTX_free);
  X509* const own = SSL_CTX_get0_certificate(context);
  STACK_OF(X509)* between = nullptr;
  SSL_CTX_get0_chain_certs(context, &between);
  if (!chain || X509_STORE_CTX_init(chain.get(), SSL_CTX_get_cert_store(context), own, between) != 1 ||
      X509_STORE_CTX_set_purpose(chain.get(), to_cloud ? X509_PURPOSE_SSL_CLIENT : X509_PURPOSE_SSL_SERVER) != 1)
    return error(ErrorKind::internal, "OpenSSL cannot check {}", files.certificate);
  if (dates == TlsContext::Dates::whenever) X509_STORE_CTX_set_flags(chain.get(), X509_V_FLAG_NO_CHECK_TIME);
  if (X509_verify_cert(chain.get()) != 1) return not_accepted(X509_STORE_CTX_get_error(chain.get()), files, to_cloud);
  if ((X509_get_extension_flags(own) & EXFLAG_XKUSAGE) != 0) return {};
  return not_accepted(X509_V_ERR_INVALID_PURPOSE, files, to_cloud);
}

Result<void> load_tls_files(SSL_CTX* context, const TlsContext::Files& files) {
  constexpr std::string_view kSection = "tls.";
  if (const auto read = check_readable(kSection, "ca", files.ca); !read) return read;
  if (SSL_CTX_load_verify_file(context, files.ca.c_str()) != 1)
    return error(ErrorKind::invalid, "tls.ca: {} holds no certificate in PEM; {}", files.ca, kMake);
  return load_tls_pair(context, files, kSection);
}

Result<void> load_tls_pair(SSL_CTX* context, const TlsContext::Files& files, std::string_view section) {
  if (const auto read = check_readable(section, "cert", files.certificate); !read) return read;
  if (const auto read = check_readable(section, "key", files.key); !read) return read;
  if (const auto secret = check_secret(section, files.key); !secret) return secret;
  if (SSL_CTX_use_certificate_chain_file(context, files.certificate.c_str()) != 1)
    return error(ErrorKind::invalid, "{}cert: {} holds no certificate in PEM; {}", section, files.certificate, kMake);
  return load_key(context, files, section);
}

}  // namespace tideline::wire
