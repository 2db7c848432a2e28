// TlsContext: who this side is and whom it trusts, for mutual TLS 1.3 between an edge and a cloud.
//
// Both sides show a certificate of one private CA, and each checks the other's chain, dates and role (extended key
// usage: an edge is a client, a cloud a server). The edge also checks that the certificate names the host it dialled.
// Nothing is resumed: every connection is checked anew. Immutable. Thread-safe.
#pragma once

#include "runtime/base/result.h"

#include <memory>
#include <string>
#include <utility>

struct ssl_ctx_st;  // OpenSSL calls it SSL_CTX.

namespace tideline {

class TlsContext {
 public:
  enum class Role { edge, cloud };
  struct Files {  // PEM.
    std::string ca;
    std::string certificate;  // With what chains it to the CA behind it, if anything.
    std::string key;          // Not encrypted; readable by its owner and group at most.
  };

  // Whether this side's certificate has to be valid now. That of the other side always has to be.
  enum class Dates : bool { now, whenever };

  // Returns invalid, as "tls.key: ...", when a file cannot be read or is not what it has to be, others may read the
  // key, it is not that of the certificate, or the other side would not accept the certificate.
  static Result<std::shared_ptr<const TlsContext>> load(Role role, const Files& files, Dates dates = Dates::now);

  // Returns invalid, as load() does, unless the other side would accept this certificate at this moment.
  Result<void> check_dates() const;

  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  Role role() const { return role_; }
  const Files& files() const { return files_; }
  ssl_ctx_st* get() const { return context_; }

 private:
  TlsContext(Role role, Files files, ssl_ctx_st* context) : role_(role), files_(std::move(files)), context_(context) {}

  const Role role_;
  const Files files_;
  ssl_ctx_st* const context_;
};

}  // namespace tideline
