// Notify: reports the state of the service to the service manager (sd_notify). Without one it does nothing.
#pragma once

#include "runtime/base/time.h"

#include <optional>
#include <string_view>

namespace tideline::modes {

class Notify {
 public:
  Notify();

  void ready(std::string_view status) const;
  void reloading() const;
  void stopping() const;
  // Reports the status, and that the service is alive. Call at least every watchdog_interval().
  void alive(std::string_view status) const;

  // Half of the time that the service manager allows between two signs of life; absent if it has no watchdog.
  std::optional<Duration> watchdog_interval() const { return watchdog_; }

 private:
  std::optional<Duration> watchdog_;
};

}  // namespace tideline::modes
