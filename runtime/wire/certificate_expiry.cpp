#include "runtime/wire/certificate_expiry.h"

#include "runtime/wire/certificate_files.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <memory>

namespace tideline::wire {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::hours kDay{24};
constexpr std::chrono::hours kEnough{30 * kDay};
constexpr std::string_view kRenew = "renew it with agent --make-certs DIR --renew, and send SIGHUP";
constexpr std::string_view kNewCa = "make a CA in another folder with agent --make-certs, and send SIGHUP";

using Chain = std::unique_ptr<X509_STORE_CTX, decltype(&X509_STORE_CTX_free)>;

// Returns the chain up to the CA; null if there is none. With the dates checked, a valid CA goes before one of the same
// name that has expired.
Chain chain_of(const TlsContext& tls, bool check_dates) {
  Chain chain(X509_STORE_CTX_new(), X509_STORE_CTX_free);
  STACK_OF(X509)* between = nullptr;
  SSL_CTX_get0_chain_certs(tls.get(), &between);
  if (!chain || X509_STORE_CTX_init(chain.get(), SSL_CTX_get_cert_store(tls.get()), SSL_CTX_get0_certificate(tls.get()),
                                    between) != 1)
    return {nullptr, X509_STORE_CTX_free};
  if (!check_dates) X509_STORE_CTX_set_flags(chain.get(), X509_V_FLAG_NO_CHECK_TIME);
  if (X509_verify_cert(chain.get()) != 1) return {nullptr, X509_STORE_CTX_free};
  return chain;
}

}  // namespace

std::optional<Expiry> expiry(const TlsContext& tls) {
  Chain chain = chain_of(tls, true);
  if (!chain) chain = chain_of(tls, false);
  if (!chain) return std::nullopt;
  const STACK_OF(X509)* const all = X509_STORE_CTX_get0_chain(chain.get());
  const int last = sk_X509_num(all) - 1;
  Expiry found{system_clock::time_point::max(), system_clock::time_point::max()};
  for (int i = 0; i <= last; ++i) {
    const auto end = end_of(sk_X509_value(all, i));
    if (!end) return std::nullopt;
    if (i == last) found.ca = *end;
    if (i < last || last == 0) found.certificate = std::min(found.certificate, *end);
  }
  return found;
}

std::string time_left(system_clock::time_point end, system_clock::time_point now) {
  const auto days = std::chrono::floor<std::chrono::hours>(end - now) / kDay;
  if (end <= now) return "no time";
  if (days == 0) return "less than a day";
  return fmt::format("{} day{}", days, days == 1 ? "" : "s");
}

std::string expiry_warning(const TlsContext::Files& files, const Expiry& expiry, system_clock::time_point now) {
  if (expiry.first() - now >= kEnough) return {};
  const bool ca = expiry.ca <= expiry.certificate;
  const std::string what = fmt::format("{}: {}", ca ? "tls.ca" : "tls.cert", ca ? files.ca : files.certificate);
  const std::string_view remedy = ca ? kNewCa : kRenew;
  if (expiry.first() <= now) return fmt::format("{} has expired; {}", what, remedy);
  return fmt::format("{} expires in {}; {}", what, time_left(expiry.first(), now), remedy);
}

std::string utc_text(system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(system_clock::to_time_t(time)));
}

}  // namespace tideline::wire
