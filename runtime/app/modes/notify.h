// Notify: tells the service manager how the service is (sd_notify). Without one it does nothing.
#pragma once

#include "runtime/base/time.h"

#include <optional>
#include <string_view>

namespace tideline {

class Notify {
 public:
  Notify();

  void ready(std::string_view status) const;
  void reloading() const;
  void stopping() const;
  // Says the status, and that the service is alive. Call at least every watchdog_interval().
  void alive(std::string_view status) const;

  // Half of what the service manager allows between two signs of life; absent when it does not watch.
  std::optional<Duration> watchdog_interval() const { return watchdog_; }

 private:
  std::optional<Duration> watchdog_;
};

}  // namespace tideline
