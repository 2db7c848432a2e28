// Certificate renewal: replaces a certificate and its key by new ones from the same CA, for the same role and hosts.
//
//   const auto names = certificates_in(folder);
//   const auto renewed = renew_certificate(folder, "edge", valid);
//   if (!renewed) return renewed.error();
#pragma once

#include "runtime/base/result.h"
#include "runtime/wire/certificates.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace tideline::wire {

struct Renewal {
  NewCertificate made;
  std::chrono::system_clock::time_point before;  // When the old certificate ends.
};

// Returns the names, in order, of the certificates in the folder (NAME.pem) but for the CA.
std::vector<std::string> certificates_in(const std::filesystem::path& folder);

// Replaces NAME.pem and NAME.key; see replace_pair() in certificate_files.h. The key may be missing. The new
// certificate ends with the CA at the latest. Returns invalid if there is no CA, if the CA's key does not match, if the
// CA has expired, if it did not sign NAME.pem, or if the files cannot be written.
Result<Renewal> renew_certificate(const std::filesystem::path& folder, const std::string& name, const Validity& valid);

}  // namespace tideline::wire
