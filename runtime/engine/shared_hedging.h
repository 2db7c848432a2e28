// SharedHedging: lets the agent and the requests of an engine share one Hedging, by a mutex. Thread-safe.
#pragma once

#include "policy/control/hedging.h"
#include "runtime/base/time.h"

#include <mutex>
#include <optional>
#include <utility>

namespace tideline::engine {

class SharedHedging {
 public:
  // As in Hedging.
  void expect(control::Hedging::Forecast forecast) {
    const std::lock_guard lock(m_);
    hedging_.expect(std::move(forecast));
  }
  std::optional<Duration> expected(const plan::Plan& plan) const {
    const std::lock_guard lock(m_);
    return hedging_.expected(plan);
  }
  bool faster_here(const plan::Plan& plan, const dispatch::Waits& waits) const {
    const std::lock_guard lock(m_);
    return hedging_.faster_here(plan, waits);
  }
  control::HedgedWait sent(const plan::Plan& plan, TimePoint at, TimePoint until, const dispatch::Waits& waits,
                           std::optional<TimePoint> deadline) {
    const std::lock_guard lock(m_);
    return hedging_.sent(plan, at, until, waits, deadline);
  }
  void on_tail_here(const plan::Plan& plan, Duration took) {
    const std::lock_guard lock(m_);
    hedging_.on_tail_here(plan, took);
  }
  std::optional<dispatch::Rest> rest(const plan::Plan& plan) const {
    const std::lock_guard lock(m_);
    return hedging_.rest(plan);
  }
  control::Hedging::Act look(control::HedgedWait& wait, TimePoint now, const control::Hedging::Seen& seen) {
    const std::lock_guard lock(m_);
    return hedging_.look(wait, now, seen);
  }
  void won_here() {
    const std::lock_guard lock(m_);
    hedging_.won_here();
  }
  control::Hedging::Counters counters() const {
    const std::lock_guard lock(m_);
    return hedging_.counters();
  }

 private:
  mutable std::mutex m_;
  control::Hedging hedging_;  // Guarded by m_.
};

}  // namespace tideline::engine
