// OneShot: one answer that one thread delivers and another waits for.
//
// Only the first delivery counts. Once take() has returned the answer, it returns nothing more. Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/time.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace tideline {

template <typename T>
class OneShot {
 public:
  void deliver(Result<T> answer) {
    {
      const std::lock_guard lock(m_);
      if (delivered_) return;
      delivered_ = true;
      answer_.emplace(std::move(answer));
    }
    came_.notify_all();
  }

  // Waits until the answer is there or `until` has passed; nothing means not yet.
  std::optional<Result<T>> take(TimePoint until) {
    std::unique_lock lock(m_);
    came_.wait_until(lock, until, [this] { return answer_.has_value(); });
    return std::exchange(answer_, std::nullopt);
  }

 private:
  std::mutex m_;
  std::condition_variable came_;
  std::optional<Result<T>> answer_;  // Guarded by m_.
  bool delivered_ = false;           // Guarded by m_.
};

}  // namespace tideline
