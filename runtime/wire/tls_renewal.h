// TlsRenewal: the TlsContext in use; reloads it from its files once its certificate is no longer valid.
//
// So a certificate that was replaced on disk, or a corrected clock, needs no restart. If the new files are not valid
// either, the old context stays: the other side checks the dates in every handshake. Belongs to one thread.
#pragma once

#include "runtime/base/time.h"
#include "runtime/wire/tls.h"

#include <memory>

namespace tideline::wire {

class TlsRenewal {
 public:
  // Null: no TLS.
  explicit TlsRenewal(std::shared_ptr<const TlsContext> first) : context_(std::move(first)) {}

  const std::shared_ptr<const TlsContext>& context() const { return context_; }

  // Returns unavailable, as "tls.cert: ...", if the other side would reject the certificate now, even after a reload.
  // Reloads at most once a second.
  Result<void> renew();

 private:
  std::shared_ptr<const TlsContext> context_;
  TimePoint read_{};  // When the files were last read.
};

}  // namespace tideline::wire
