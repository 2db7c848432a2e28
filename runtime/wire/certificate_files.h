// Certificate files: reads and writes a certificate with its key as NAME.pem and NAME.key. Internal: it exposes
// OpenSSL types.
#pragma once

#include "runtime/base/result.h"

#include <openssl/x509v3.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>

namespace tideline::wire {

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

// Returns invalid if a file cannot be read, or if certificate and key do not match.
Result<CertificateWithKey> read_pair(const std::filesystem::path& stem);

// Writes both as new files. Returns invalid, with the system's reason, if one exists or cannot be written.
Result<void> write_pair(const std::filesystem::path& stem, X509& certificate, EVP_PKEY& key);

// Writes both beside the old files and renames them to these: key first. Readers see whole files, and for an instant a
// new key with an old certificate. New files have owner, group and mode of the old ones. On error, invalid, and nothing
// has changed unless the message says so.
Result<void> replace_pair(const std::filesystem::path& stem, X509& certificate, EVP_PKEY& key);

// Returns when the certificate stops being valid; nothing if it has no such time.
std::optional<std::chrono::system_clock::time_point> end_of(const X509* certificate);

}  // namespace tideline::wire
