#include "runtime/app/modes/certificate_watch.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace tideline::modes {
namespace {

constexpr std::chrono::hours kBetweenWarnings{24};

}  // namespace

void CertificateWatch::look(std::chrono::system_clock::time_point date, TimePoint now) {
  const auto status = identity_.status();
  if (!status || !status->expiry) return;
  if (warned_ == status->expiry && now - warned_at_ < kBetweenWarnings) return;
  const std::string warning = expiry_warning(status->files, *status->expiry, date);
  if (warning.empty()) return;
  log_->warn("{}", warning);
  warned_ = status->expiry;
  warned_at_ = now;
}

std::string certificate_remark(const wire::TlsIdentity& identity, std::chrono::system_clock::time_point date) {
  const auto status = identity.status();
  if (!status) return {};
  if (!status->fault.empty()) return fmt::format("new certificates are not in use: {}", status->fault);
  return status->expiry ? expiry_warning(status->files, *status->expiry, date) : "";
}

}  // namespace tideline::modes
