#include "runtime/wire/certificate_files.h"

#include "runtime/base/file.h"

#include <fcntl.h>
#include <openssl/pem.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <string>

namespace tideline::wire {
namespace {

constexpr Bytes kLargestFile = 1_MiB;
constexpr mode_t kSecret = 0600;
constexpr mode_t kPublic = 0644;

Error system_error(std::string_view doing, const std::string& file) {
  return error(ErrorKind::invalid, "cannot {} {}: {}", doing, file, std::strerror(errno));
}

// Writes a new file; fails if it exists.
Result<void> write_new(const std::string& file, mode_t mode, const std::function<int(BIO*)>& write) {
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) return system_error("write", file);
  const Owned<BIO> out(BIO_new_fd(descriptor, BIO_CLOSE));
  if (out && write(out.get()) == 1) return {};
  return system_error("write", file);
}

// Gives a new file owner, group and at most the mode of the old one: a service's group that may read its key shall read
// the next one, too. No key is for all.
void resemble(const std::string& file, const std::string& old, mode_t most) {
  struct stat status{};
  if (::stat(old.c_str(), &status) != 0) return;
  if (::chown(file.c_str(), status.st_uid, status.st_gid) == 0) ::chmod(file.c_str(), status.st_mode & most);
}

}  // namespace

Result<CertificateWithKey> read_pair(const std::filesystem::path& stem) {
  const std::string certificate_file = stem.string() + ".pem";
  const std::string key_file = stem.string() + ".key";
  for (const std::string& file : {certificate_file, key_file})
    if (const auto good = check_regular(file, kLargestFile); !good) return good.error();
  const Owned<BIO> certificate(BIO_new_file(certificate_file.c_str(), "r"));
  if (!certificate) return system_error("read", certificate_file);
  const Owned<BIO> key(BIO_new_file(key_file.c_str(), "r"));
  if (!key) return system_error("read", key_file);
  CertificateWithKey pair{Owned<X509>(PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr)),
                          Owned<EVP_PKEY>(PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr))};
  if (pair.certificate && pair.key && X509_check_private_key(pair.certificate.get(), pair.key.get()) == 1) return pair;
  return error(ErrorKind::invalid, "{} and {} are not a certificate and its key; create new ones in another folder",
               certificate_file, key_file);
}

Result<void> write_pair(const std::filesystem::path& stem, X509& certificate, EVP_PKEY& key) {
  const auto write_key = [&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, &key, nullptr, nullptr, 0, nullptr, nullptr);
  };
  if (const auto written = write_new(stem.string() + ".key", kSecret, write_key); !written) return written;
  return write_new(stem.string() + ".pem", kPublic, [&](BIO* out) { return PEM_write_bio_X509(out, &certificate); });
}

Result<void> replace_pair(const std::filesystem::path& stem, X509& certificate, EVP_PKEY& key) {
  const std::string old = stem.string(), next = old + ".new";
  for (const char* const kind : {".key", ".pem"}) ::unlink((next + kind).c_str());  // Of an attempt that was killed.
  if (const auto written = write_pair(next, certificate, key); !written) return written;
  resemble(next + ".key", old + ".key", kSecret | S_IRGRP);
  resemble(next + ".pem", old + ".pem", kPublic);
  if (::rename((next + ".key").c_str(), (old + ".key").c_str()) != 0) return system_error("replace", old + ".key");
  if (::rename((next + ".pem").c_str(), (old + ".pem").c_str()) == 0) return {};
  const Error why = system_error("replace", old + ".pem");
  return error(ErrorKind::invalid, "{}; its key was replaced: rename {}.pem yourself", why.message, next);
}

std::optional<std::chrono::system_clock::time_point> end_of(const X509* certificate) {
  tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return std::nullopt;
  return std::chrono::system_clock::from_time_t(::timegm(&end));
}

}  // namespace tideline::wire
