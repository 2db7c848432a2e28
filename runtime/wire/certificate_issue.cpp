#include "runtime/wire/certificate_issue.h"

#include <asio/ip/address.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/rand.h>

#include <array>

namespace tideline::wire {
namespace {

constexpr const char* kKeyUsage = "critical,digitalSignature";

Error of_openssl(std::string_view what) {
  return error(ErrorKind::internal, "OpenSSL cannot make {}", what);
}

bool set_time(ASN1_TIME* field, std::chrono::system_clock::time_point time) {
  return ASN1_TIME_set(field, std::chrono::system_clock::to_time_t(time)) != nullptr;
}

// 127 random bits: unique, and they do not reveal the number of certificates.
bool set_serial(X509* certificate) {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) return false;
  bytes[0] &= 0x7f;
  BIGNUM* const number = BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
  const bool set = number && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
  return set;
}

bool set_subject(X509* certificate, const std::string& name) {
  X509_NAME* const subject = X509_get_subject_name(certificate);
  const auto* const text = reinterpret_cast<const unsigned char*>(name.c_str());
  return X509_NAME_add_entry_by_txt(subject, "O", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("Tideline"), -1,
                                    -1, 0) == 1 &&
         X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, text, -1, -1, 0) == 1;
}

bool extend(X509* certificate, X509* issuer, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str());
  const bool added = extension && X509_add_ext(certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string names;
  for (const std::string& host : hosts)
    names += fmt::format("{}{}:{}", names.empty() ? "" : ",", is_address(host) ? "IP" : "DNS", host);
  return names;
}

// Everything but issuer, extensions and signature.
Owned<X509> unsigned_certificate(const std::string& name, const Validity& valid, EVP_PKEY* key) {
  Owned<X509> certificate(X509_new());
  X509* const x = certificate.get();
  const bool filled = x && X509_set_version(x, X509_VERSION_3) == 1 && set_serial(x) && set_subject(x, name) &&
                      set_time(X509_getm_notBefore(x), valid.from) && set_time(X509_getm_notAfter(x), valid.until) &&
                      X509_set_pubkey(x, key) == 1;
  return filled ? std::move(certificate) : nullptr;
}

bool sign(X509* certificate, X509* issuer, EVP_PKEY* key) {
  return X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
         extend(certificate, issuer, NID_subject_key_identifier, "hash") &&
         extend(certificate, issuer, NID_authority_key_identifier, "keyid") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

}  // namespace

bool is_address(const std::string& host) {
  asio::error_code none;
  asio::ip::make_address(host, none);
  return !none && host.find('%') == std::string::npos;
}

Result<CertificateWithKey> issue_authority(const Validity& valid) {
  Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  if (!key) return of_openssl("a key");
  Owned<X509> ca = unsigned_certificate("Tideline CA", valid, key.get());
  if (!ca || !extend(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !extend(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !sign(ca.get(), ca.get(), key.get()))
    return of_openssl("a CA");
  return CertificateWithKey{std::move(ca), std::move(key)};
}

Result<CertificateWithKey> issue_certificate(const CertificateWithKey& ca, const NewCertificate& made) {
  Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  if (!key) return of_openssl("a key");
  Owned<X509> certificate = unsigned_certificate(made.name, made.valid, key.get());
  X509* const x = certificate.get();
  X509* const issuer = ca.certificate.get();
  const bool edge = made.role == TlsContext::Role::edge;
  if (!x || !extend(x, issuer, NID_basic_constraints, "critical,CA:FALSE") ||
      !extend(x, issuer, NID_key_usage, kKeyUsage) ||
      !extend(x, issuer, NID_ext_key_usage, edge ? "clientAuth" : "serverAuth"))
    return of_openssl("a certificate");
  if (!made.hosts.empty() && !extend(x, issuer, NID_subject_alt_name, alternative_names(made.hosts)))
    return of_openssl("a certificate for " + fmt::format("{}", fmt::join(made.hosts, ", ")));
  if (!sign(x, issuer, ca.key.get())) return of_openssl("a signature");
  return CertificateWithKey{std::move(certificate), std::move(key)};
}

}  // namespace tideline::wire
