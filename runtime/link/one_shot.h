// OneShot: hands one answer from the thread that delivers it to the thread that waits for it.
//
// Only the first delivery counts. Once take() has returned the answer, it returns nothing more. Thread-safe.
//
//   OneShot<int> shot;
//   std::thread other([&shot] { shot.deliver(42); });
//   const std::optional<Result<int>> answer = shot.take(Clock::now() + std::chrono::seconds(1));
//   other.join();
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/time.h"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <utility>

namespace tideline::link {

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

  // Waits for the answer until `until`; nothing means not yet.
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

}  // namespace tideline::link
