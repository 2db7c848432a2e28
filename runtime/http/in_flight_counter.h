// InFlightCounter: counts requests that are under way, and lets a thread wait until none is.
//
//   InFlightCounter in_flight;
//   auto token = in_flight.token();           // A request begins.
//   token.reset();                            // It ends, as this was the token's last copy.
//   in_flight.wait(std::chrono::seconds(5));  // At shutdown.
//
// Thread-safe.
#pragma once

#include "runtime/base/time.h"

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>

namespace tideline::http {

class InFlightCounter {
 public:
  // Returns a token. It counts until its last copy is destroyed. REQUIRES: *this outlives every token.
  std::shared_ptr<void> token() {
    const std::lock_guard lock(m_);
    ++count_;
    return {this, [](InFlightCounter* begun) { begun->end(); }};
  }
  // Returns as soon as nothing is under way, or after `patience`.
  void wait(Duration patience) {
    std::unique_lock lock(m_);
    none_.wait_for(lock, patience, [this] { return count_ == 0; });
  }

 private:
  void end() {
    const std::lock_guard lock(m_);
    if (--count_ == 0) none_.notify_all();
  }

  std::mutex m_;
  std::condition_variable none_;
  std::size_t count_ = 0;  // Guarded by m_.
};

}  // namespace tideline::http
