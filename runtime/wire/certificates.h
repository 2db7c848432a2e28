// Certificates: creates a small private CA, and certificates of it for edges and clouds, as PEM files in one folder.
//
// Keys use P-256, and only their owner can read them. No file is overwritten; certificate_renewal.h does that.
//
//   const Validity valid{now, now + std::chrono::hours(24 * 365)};
//   auto made = make_authority(folder, valid);  // ca.pem and ca.key
//   if (made) made = make_certificate(folder, {TlsContext::Role::edge, "edge", {}, valid});
//   if (!made) return made.error();
#pragma once

#include "runtime/base/result.h"
#include "runtime/wire/tls.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace tideline::wire {

struct Validity {
  std::chrono::system_clock::time_point from;
  std::chrono::system_clock::time_point until;
};

struct NewCertificate {
  TlsContext::Role role = TlsContext::Role::edge;
  std::string name;                // Of the files NAME.pem and NAME.key, and of the subject.
  std::vector<std::string> hosts;  // DNS names and addresses that a peer may dial.
  Validity valid;
};

// Returns invalid if an entry is neither a DNS name nor an address.
Result<void> check_hosts(const std::vector<std::string>& hosts);

// Writes ca.pem and ca.key. Returns invalid, with the system's reason, if they exist or cannot be written.
Result<void> make_authority(const std::filesystem::path& folder, const Validity& valid);

// Writes a certificate signed by the CA in `folder`. Returns invalid if there is no CA, if the CA's key does not match,
// or if the files exist or cannot be written.
Result<void> make_certificate(const std::filesystem::path& folder, const NewCertificate& made);

}  // namespace tideline::wire
