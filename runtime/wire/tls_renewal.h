// TlsRenewal: the TlsContext that a side uses now, read anew from its files once its certificate is not valid any more.
//
// So a certificate that was replaced on disk, or a clock that was set, needs no restart. What has not become valid
// stays as it is: the other side checks the dates in every handshake. Belongs to one thread.
#pragma once

#include "runtime/base/time.h"
#include "runtime/wire/tls.h"

#include <memory>

namespace tideline {

class TlsRenewal {
 public:
  // Null: there is no TLS.
  explicit TlsRenewal(std::shared_ptr<const TlsContext> first) : context_(std::move(first)) {}

  const std::shared_ptr<const TlsContext>& context() const { return context_; }

  // Returns unavailable, as "tls.cert: ...", when the other side would not accept the certificate at this moment,
  // though the files were read anew (once a second at most).
  Result<void> renew();

 private:
  std::shared_ptr<const TlsContext> context_;
  TimePoint read_{};  // When the files were, last.
};

}  // namespace tideline
