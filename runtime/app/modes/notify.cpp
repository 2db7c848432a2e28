#include "runtime/app/modes/notify.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <chrono>
#include <cstdint>

namespace tideline::modes {

Notify::Notify() {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) > 0) watchdog_ = std::chrono::microseconds(microseconds / 2);
}

void Notify::ready(std::string_view status) const {
  sd_notify(0, fmt::format("READY=1\nSTATUS={}", status).c_str());
}

void Notify::reloading() const {
  // systemd 253 and later needs the time in the same datagram; older versions ignore it.
  const auto now = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now().time_since_epoch());
  sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}", now.count()).c_str());
}

void Notify::stopping() const {
  sd_notify(0, "STOPPING=1\nSTATUS=finishing accepted requests");
}

void Notify::alive(std::string_view status) const {
  sd_notify(0, fmt::format("WATCHDOG=1\nSTATUS={}", status).c_str());
}

}  // namespace tideline::modes
