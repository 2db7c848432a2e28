// Certificates with their keys as OpenSSL has them, read from and written to NAME.pem and NAME.key. Internal: it shows
// OpenSSL.
#pragma once

#include "runtime/base/result.h"

#include <openssl/x509v3.h>

#include <filesystem>
#include <memory>

namespace tideline {

struct Free {
  void operator()(X509* one) const { X509_free(one); }
  void operator()(EVP_PKEY* one) const { EVP_PKEY_free(one); }
  void operator()(BIO* one) const { BIO_free(one); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

struct CertificateWithKey {
  Owned<X509> certificate;
  Owned<EVP_PKEY> key;
};

// Returns invalid when a file cannot be read, or the two do not belong together.
Result<CertificateWithKey> read_pair(const std::filesystem::path& stem);

// Writes both as new files. Returns invalid, with the system's reason, when one cannot be, as when it is there.
Result<void> write_pair(const std::filesystem::path& stem, X509& certificate, EVP_PKEY& key);

}  // namespace tideline
