#include "runtime/wire/tls_renewal.h"

namespace tideline::wire {
namespace {

constexpr Duration kRest = std::chrono::seconds(1);  // Unidentified peers must not cause constant reading of files.

}  // namespace

Result<void> TlsRenewal::renew() {
  if (!context_) return {};
  const Result<void> valid = context_->check_dates();
  if (valid) return {};
  const Error not_now = error(ErrorKind::unavailable, "{}", valid.error().message);
  const TimePoint now = Clock::now();
  if (now - read_ < kRest) return not_now;
  read_ = now;
  auto anew = TlsContext::load(context_->role(), context_->files());
  if (!anew) return error(ErrorKind::unavailable, "{}", anew.error().message);
  context_ = *std::move(anew);
  return {};
}

}  // namespace tideline::wire
