// Certificate issue: makes a CA, and certificates that it signs, each with a new key (P-256), in memory. Internal: it
// exposes OpenSSL types. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/wire/certificate_files.h"
#include "runtime/wire/certificates.h"

#include <string>

namespace tideline::wire {

// Returns true iff `host` is an address, not a name.
bool is_address(const std::string& host);

// Errors of both: internal, if OpenSSL cannot.
Result<CertificateWithKey> issue_authority(const Validity& valid);
// REQUIRES: check_hosts() accepts the hosts.
Result<CertificateWithKey> issue_certificate(const CertificateWithKey& ca, const NewCertificate& made);

}  // namespace tideline::wire
