// TlsContext: this side's identity and trusted CA, for mutual TLS 1.3 between an edge and a cloud.
//
// Both sides present a certificate of one private CA. Each checks the other's chain, dates and role (extended key
// usage: an edge is a client, a cloud a server). The edge also checks that the certificate names the dialled host.
// Sessions are not resumed: every connection is checked in full. Immutable. Thread-safe.
// A server of HTTP has one, too, which asks its clients for no certificate.
//
//   const TlsContext::Files files{"ca.pem", "edge.pem", "edge.key"};
//   const auto tls = TlsContext::load(TlsContext::Role::edge, files);
//   if (!tls) return tls.error();  // "tls.key: ..."
//   options.tls = *tls;            // Of a TcpLink.
#pragma once

#include "runtime/base/result.h"

#include <memory>
#include <string>
#include <utility>

struct ssl_ctx_st;  // OpenSSL calls it SSL_CTX.

namespace tideline::wire {

class TlsContext {
 public:
  enum class Role { edge, cloud, server };  // server: to clients that show no certificate.
  struct Files {                            // PEM.
    std::string ca;
    std::string certificate;  // Followed by the certificates between it and the CA, if any.
    std::string key;          // Not encrypted; readable at most by its owner and group.
  };

  // Whether this side's certificate must be valid now. The other side's always must.
  enum class Dates : bool { now, whenever };

  // Returns invalid, as "tls.key: ...", if a file is unreadable or has the wrong content, or if others may read the
  // key. Also if key and certificate do not match, or if the other side would reject the certificate.
  static Result<std::shared_ptr<const TlsContext>> load(Role role, const Files& files, Dates dates = Dates::now);

  // Returns that of a server, whose certificate any CA may have issued. `files.ca` is not used. Returns invalid, as
  // "http.tls_key: ...", where load() would, but does not ask who accepts the certificate.
  static Result<std::shared_ptr<const TlsContext>> load_server(const Files& files);

  // Returns invalid, as load() does, unless the other side would accept this certificate now.
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

}  // namespace tideline::wire
