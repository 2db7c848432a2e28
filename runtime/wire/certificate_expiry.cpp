#include "runtime/wire/certificate_expiry.h"

#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <time.h>

#include <algorithm>
#include <memory>

namespace tideline::wire {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::hours kEnough{14 * 24};

std::optional<system_clock::time_point> end_of(const X509* certificate) {
  tm end{};
  if (ASN1_TIME_to_tm(X509_get0_notAfter(certificate), &end) != 1) return std::nullopt;
  return system_clock::from_time_t(::timegm(&end));
}

}  // namespace

std::optional<system_clock::time_point> expiry(const TlsContext& tls) {
  const std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)> chain(X509_STORE_CTX_new(),
                                                                              X509_STORE_CTX_free);
  STACK_OF(X509)* between = nullptr;
  SSL_CTX_get0_chain_certs(tls.get(), &between);
  if (!chain || X509_STORE_CTX_init(chain.get(), SSL_CTX_get_cert_store(tls.get()), SSL_CTX_get0_certificate(tls.get()),
                                    between) != 1)
    return std::nullopt;
  if (X509_verify_cert(chain.get()) != 1) return std::nullopt;
  std::optional<system_clock::time_point> first;
  const STACK_OF(X509)* const all = X509_STORE_CTX_get0_chain(chain.get());
  for (int i = 0; i < sk_X509_num(all); ++i)
    if (const auto end = end_of(sk_X509_value(all, i)); end && (!first || *end < *first)) first = end;
  return first;
}

std::string expiry_warning(system_clock::time_point expiry, system_clock::time_point now) {
  const auto left = expiry - now;
  if (left >= kEnough) return {};
  constexpr std::string_view kDo = "make another with agent --make-certs, and restart with it";
  const auto days = std::chrono::duration_cast<std::chrono::hours>(left).count() / 24;
  if (left <= system_clock::duration::zero()) return fmt::format("has expired; {}", kDo);
  if (days == 0) return fmt::format("expires in less than a day; {}", kDo);
  return fmt::format("expires in {} day{}; {}", days, days == 1 ? "" : "s", kDo);
}

}  // namespace tideline::wire
