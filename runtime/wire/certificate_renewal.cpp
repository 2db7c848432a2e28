#include "runtime/wire/certificate_renewal.h"

#include "runtime/base/file.h"
#include "runtime/wire/certificate_issue.h"

#include <asio/ip/address.hpp>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace tideline::wire {
namespace {

constexpr Bytes kLargestCertificate = 1_MiB;

Result<Owned<X509>> read_certificate(const std::string& file) {
  if (const auto good = check_regular(file, kLargestCertificate); !good) return good.error();
  const Owned<BIO> in(BIO_new_file(file.c_str(), "r"));
  Owned<X509> certificate(in ? PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!certificate) return error(ErrorKind::invalid, "{} holds no certificate in PEM; take it out of the folder", file);
  return certificate;
}

template <typename Address>
std::string address_of(const ASN1_OCTET_STRING& bytes) {
  typename Address::bytes_type raw{};
  std::memcpy(raw.data(), ASN1_STRING_get0_data(&bytes), raw.size());
  return Address(raw).to_string();
}

// The DNS names and addresses for which the certificate is.
std::vector<std::string> hosts_of(const X509* certificate) {
  std::vector<std::string> hosts;
  auto* const names =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_DNS)
      hosts.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                         static_cast<std::size_t>(ASN1_STRING_length(name->d.dNSName)));
    if (name->type != GEN_IPADD) continue;
    const ASN1_OCTET_STRING& bytes = *name->d.iPAddress;
    if (ASN1_STRING_length(&bytes) == 4) hosts.push_back(address_of<asio::ip::address_v4>(bytes));
    if (ASN1_STRING_length(&bytes) == 16) hosts.push_back(address_of<asio::ip::address_v6>(bytes));
  }
  GENERAL_NAMES_free(names);
  return hosts;
}

// Returns invalid unless the CA can sign now. Ends the validity with the CA.
Result<Validity> within(const X509* ca, const std::string& file, Validity valid) {
  const auto end = end_of(ca);
  if (!end || *end <= std::chrono::system_clock::now())
    return error(ErrorKind::invalid,
                 "the CA {} has expired; make another one in another folder with agent --make-certs", file);
  valid.until = std::min(valid.until, *end);
  return valid;
}

}  // namespace

std::vector<std::string> certificates_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
    const std::filesystem::path file = entry.path().filename();
    const std::string name = file.stem().string();
    if (file.extension() == ".pem" && name != "ca" && !name.ends_with(".new")) names.push_back(name);
  }
  std::ranges::sort(names);
  return names;
}

Result<Renewal> renew_certificate(const std::filesystem::path& folder, const std::string& name, const Validity& valid) {
  const auto ca = read_pair(folder / "ca");
  if (!ca) return ca.error();
  const auto within_ca = within(ca->certificate.get(), (folder / "ca.pem").string(), valid);
  if (!within_ca) return within_ca.error();
  const std::string file = (folder / (name + ".pem")).string();
  const auto old = read_certificate(file);
  if (!old) return old.error();
  X509* const certificate = old->get();
  const auto before = end_of(certificate);
  if (!before || X509_verify(certificate, X509_get0_pubkey(ca->certificate.get())) != 1)
    return error(ErrorKind::invalid, "{} is not signed by the CA in this folder, so it was left as it is", file);
  const bool cloud = (X509_get_extended_key_usage(certificate) & XKU_SSL_SERVER) != 0;
  NewCertificate made{cloud ? TlsContext::Role::cloud : TlsContext::Role::edge, name, hosts_of(certificate),
                      *within_ca};
  if (const auto good = check_hosts(made.hosts); !good) return good.error();
  const auto pair = issue_certificate(*ca, made);
  if (!pair) return pair.error();
  if (const auto written = replace_pair(folder / name, *pair->certificate, *pair->key); !written)
    return written.error();
  return Renewal{std::move(made), *before};
}

}  // namespace tideline::wire
