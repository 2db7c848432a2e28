// TlsIdentity: the TlsContext in use. Copies share it, and it is replaced while they connect: new connections use the
// new context, existing ones keep theirs.
//
// So new certificates need no restart. Files are taken as a whole or not at all: on error the old context stays, and
// status() says why. If the certificate in use is no longer valid, or not yet, renew() reads its files again by itself.
// Thread-safe.
//
//   TlsIdentity identity(*TlsContext::load(TlsContext::Role::edge, files));
//   options.tls = identity;                     // Of any number of links.
//   if (const auto next = identity.read(files)) identity.take(*next);
#pragma once

#include "runtime/wire/certificate_expiry.h"
#include "runtime/wire/tls.h"

#include <memory>
#include <optional>
#include <string>

namespace tideline::wire {

class TlsIdentity {
 public:
  struct Status {
    TlsContext::Files files;
    std::optional<Expiry> expiry;  // Absent if the certificate cannot be checked.
    std::string fault;             // Why the files that were read last are not in use; empty if they are.
  };

  // Null: no TLS, for ever.
  TlsIdentity(std::shared_ptr<const TlsContext> first = nullptr);  // NOLINT(google-explicit-constructor)

  explicit operator bool() const { return state_ != nullptr; }
  std::shared_ptr<const TlsContext> context() const;  // Null without TLS.
  std::optional<Status> status() const;               // Absent without TLS.

  // Returns the context of these files, for take(). Errors are those of TlsContext::load(). Also invalid if the
  // certificate is not valid now, while the one in use is. REQUIRES: there is TLS.
  Result<std::shared_ptr<const TlsContext>> read(const TlsContext::Files& files) const;
  // Uses it for new connections. REQUIRES: there is TLS.
  void take(std::shared_ptr<const TlsContext> next) const;

  // Returns unavailable, as "tls.cert: ...", if the other side would reject the certificate now, even after its files
  // were read again. Reads them at most once a second.
  Result<void> renew() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // Null without TLS.
};

}  // namespace tideline::wire
