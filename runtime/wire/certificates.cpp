#include "runtime/wire/certificates.h"

#include "runtime/wire/certificate_files.h"

#include <asio/ip/address.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cctype>

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

bool is_address(const std::string& host) {
  asio::error_code none;
  asio::ip::make_address(host, none);
  return !none && host.find('%') == std::string::npos;
}

std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string names;
  for (const std::string& host : hosts)
    names += fmt::format("{}{}:{}", names.empty() ? "" : ",", is_address(host) ? "IP" : "DNS", host);
  return names;
}

bool is_label(std::string_view label) {
  constexpr std::size_t kLongest = 63;
  const auto plain = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  return !label.empty() && label.size() <= kLongest && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, plain);
}

// Returns true iff `host` can be a DNS name in a certificate, without special characters of OpenSSL's notation.
// It consists of labels between dots; the first may be * if others follow. A last label of digits only would be a
// malformed address.
bool is_name(std::string_view host) {
  constexpr std::size_t kLongest = 253;
  if (host.size() > kLongest) return false;
  if (host.starts_with("*.")) host.remove_prefix(2);
  for (;;) {
    const std::size_t dot = host.find('.');
    const std::string_view label = host.substr(0, dot);
    if (!is_label(label)) return false;
    if (dot == host.npos) return !std::ranges::all_of(label, [](unsigned char c) { return std::isdigit(c); });
    host.remove_prefix(dot + 1);
  }
}

// Returns true iff `host` has a port, as in "cloud:7070" and "[::1]:7070".
bool has_port(const std::string& host) {
  const std::size_t colon = host.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  std::string without = host.substr(0, colon);
  if (without.starts_with('[') && without.ends_with(']')) without = without.substr(1, without.size() - 2);
  return is_name(without) || is_address(without);
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

Result<void> check_hosts(const std::vector<std::string>& hosts) {
  for (const std::string& host : hosts) {
    if (is_address(host) || is_name(host)) continue;
    if (has_port(host))
      return error(ErrorKind::invalid, "'{}' has a port, and certificates are for hosts; leave the port out", host);
    return error(ErrorKind::invalid, "'{}' cannot be named in a certificate; give DNS names and addresses", host);
  }
  return {};
}

Result<void> make_authority(const std::filesystem::path& folder, const Validity& valid) {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  if (!key) return of_openssl("a key");
  const Owned<X509> ca = unsigned_certificate("Tideline CA", valid, key.get());
  if (!ca || !extend(ca.get(), ca.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !extend(ca.get(), ca.get(), NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !sign(ca.get(), ca.get(), key.get()))
    return of_openssl("a CA");
  return write_pair(folder / "ca", *ca, *key);
}

Result<void> make_certificate(const std::filesystem::path& folder, const NewCertificate& made) {
  if (const auto good = check_hosts(made.hosts); !good) return good;
  const auto ca = read_pair(folder / "ca");
  if (!ca) return ca.error();
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  if (!key) return of_openssl("a key");
  const Owned<X509> certificate = unsigned_certificate(made.name, made.valid, key.get());
  X509* const x = certificate.get();
  X509* const issuer = ca->certificate.get();
  const bool edge = made.role == TlsContext::Role::edge;
  if (!x || !extend(x, issuer, NID_basic_constraints, "critical,CA:FALSE") ||
      !extend(x, issuer, NID_key_usage, kKeyUsage) ||
      !extend(x, issuer, NID_ext_key_usage, edge ? "clientAuth" : "serverAuth"))
    return of_openssl("a certificate");
  if (!made.hosts.empty() && !extend(x, issuer, NID_subject_alt_name, alternative_names(made.hosts)))
    return of_openssl("a certificate for " + fmt::format("{}", fmt::join(made.hosts, ", ")));
  if (!sign(x, issuer, ca->key.get())) return of_openssl("a signature");
  return write_pair(folder / made.name, *certificate, *key);
}

}  // namespace tideline::wire
