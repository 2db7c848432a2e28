// Certificates: a small private CA, and certificates of it for edges and clouds, as PEM files in one folder.
//
// Keys are on P-256 and readable by their owner alone. No file is ever written over.
#pragma once

#include "runtime/base/result.h"
#include "runtime/wire/tls.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace tideline {

struct Validity {
  std::chrono::system_clock::time_point from;
  std::chrono::system_clock::time_point until;
};

struct NewCertificate {
  TlsContext::Role role = TlsContext::Role::edge;
  std::string name;                // Of the files, NAME.pem and NAME.key, and of the subject.
  std::vector<std::string> hosts;  // DNS names and addresses that a peer may dial.
  Validity valid;
};

// Returns invalid when one of them is no DNS name and no address.
Result<void> check_hosts(const std::vector<std::string>& hosts);

// Writes ca.pem and ca.key. Returns invalid, with the system's reason, when they cannot be written or are there.
Result<void> make_authority(const std::filesystem::path& folder, const Validity& valid);

// Writes a certificate of the CA that is in `folder`. Returns invalid when there is none, or its key is not its own, or
// the files cannot be written or are there.
Result<void> make_certificate(const std::filesystem::path& folder, const NewCertificate& made);

}  // namespace tideline
