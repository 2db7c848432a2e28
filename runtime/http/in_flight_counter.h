// InFlightCounter: counts what is under way and lets one wait for its end.
//
// Thread-safe.
#pragma once

#include "runtime/base/time.h"

#include <condition_variable>
#include <cstddef>
#include <memory>
#include <mutex>

namespace tideline {

class InFlightCounter {
 public:
  // Returns a token; what was begun ends when its last copy goes. REQUIRES: *this outlives every token.
  std::shared_ptr<void> token() {
    const std::lock_guard lock(m_);
    ++count_;
    return {this, [](InFlightCounter* begun) { begun->end(); }};
  }
  // Returns when nothing is under way or `patience` is over.
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

}  // namespace tideline
