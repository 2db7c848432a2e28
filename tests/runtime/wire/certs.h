// Certificates for tests: a CA of ours and one of somebody else, and what they made.
#pragma once

#include "runtime/wire/certificates.h"
#include "runtime/wire/tls.h"
#include "tests/support/temporary.h"

#include <memory>
#include <stdexcept>
#include <string>

namespace tideline::wire {

inline Validity valid_for(std::chrono::hours from, std::chrono::hours until) {
  const auto now = std::chrono::system_clock::now();
  return {now + from, now + until};
}
inline const Validity kValidNow = valid_for(std::chrono::hours(-1), std::chrono::hours(1));
inline const Validity kExpired = valid_for(std::chrono::hours(-2), std::chrono::hours(-1));
inline const Validity kNotYetValid = valid_for(std::chrono::hours(1), std::chrono::hours(2));

// A CA, and a cloud and an edge of it that are as they should be.
class Certs {
 public:
  Certs() {
    must(make_authority(folder_ / "", valid_for(std::chrono::hours(-3), std::chrono::hours(3))));
    add({TlsContext::Role::cloud, "cloud", {"localhost", "127.0.0.1"}, kValidNow});
    add({TlsContext::Role::edge, "edge", {}, kValidNow});
  }
  void add(const NewCertificate& made) const { must(make_certificate(folder_ / "", made)); }

  std::string file(const std::string& name) const { return (folder_ / name).string(); }
  TlsContext::Files files(const std::string& name) const {
    return {file("ca.pem"), file(name + ".pem"), file(name + ".key")};
  }
  std::shared_ptr<const TlsContext> edge(const std::string& name = "edge") const {
    return load(TlsContext::Role::edge, name);
  }
  std::shared_ptr<const TlsContext> cloud(const std::string& name = "cloud") const {
    return load(TlsContext::Role::cloud, name);
  }

 private:
  std::shared_ptr<const TlsContext> load(TlsContext::Role role, const std::string& name) const {
    auto context = TlsContext::load(role, files(name));
    must(context ? Result<void>() : Result<void>(context.error()));
    return *context;
  }
  static void must(const Result<void>& done) {
    if (!done) throw std::runtime_error(done.error().message);
  }

  const TemporaryFolder folder_;
};

inline const Certs& our_certs() {
  static const Certs certs;
  return certs;
}
inline const Certs& foreign_certs() {
  static const Certs certs;
  return certs;
}

}  // namespace tideline::wire
