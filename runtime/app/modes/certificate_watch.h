// CertificateWatch: warns in the log that the certificate in use, or its CA, is about to expire: a month before, and
// then once a day. A new certificate is warned of at once. Belongs to one thread.
#pragma once

#include "runtime/base/log.h"
#include "runtime/base/time.h"
#include "runtime/wire/tls_identity.h"

#include <chrono>
#include <optional>
#include <string>

namespace tideline::modes {

class CertificateWatch {
 public:
  CertificateWatch(wire::TlsIdentity identity, Log log) : identity_(std::move(identity)), log_(std::move(log)) {}

  // Call it every few seconds. `now` measures the day between two warnings, which no change of the date alters.
  void look(std::chrono::system_clock::time_point date, TimePoint now);

 private:
  const wire::TlsIdentity identity_;
  const Log log_;
  std::optional<wire::Expiry> warned_;  // Of the certificate in the last warning.
  TimePoint warned_at_{};
};

// Returns a remark for the service manager: that new files were refused, and why; else a warning of the expiry. Empty
// if there is nothing to say.
std::string certificate_remark(const wire::TlsIdentity& identity, std::chrono::system_clock::time_point date);

}  // namespace tideline::modes
