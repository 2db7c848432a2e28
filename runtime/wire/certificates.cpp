#include "runtime/wire/certificates.h"

#include "runtime/wire/certificate_files.h"
#include "runtime/wire/certificate_issue.h"

#include <algorithm>
#include <cctype>

namespace tideline::wire {
namespace {

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
  const auto ca = issue_authority(valid);
  if (!ca) return ca.error();
  return write_pair(folder / "ca", *ca->certificate, *ca->key);
}

Result<void> make_certificate(const std::filesystem::path& folder, const NewCertificate& made) {
  if (const auto good = check_hosts(made.hosts); !good) return good;
  const auto ca = read_pair(folder / "ca");
  if (!ca) return ca.error();
  const auto pair = issue_certificate(*ca, made);
  if (!pair) return pair.error();
  return write_pair(folder / made.name, *pair->certificate, *pair->key);
}

}  // namespace tideline::wire
