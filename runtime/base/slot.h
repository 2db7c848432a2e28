// Slot<T>: the one place where a newer immutable T replaces an older one while others read it.
//
// Whoever acquired a T keeps it alive and unchanged for as long as it holds the pointer.
// Thread-safe. (A mutex around a pointer copy: std::atomic<std::shared_ptr> races inside libstdc++ 12.)
#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace tideline {

template <typename T>
class Slot {
 public:
  explicit Slot(std::shared_ptr<const T> first) : current_(std::move(first)) {}

  std::shared_ptr<const T> acquire() const {
    const std::lock_guard lock(m_);
    return current_;
  }

  // Returns what was there before, so that its destructor runs outside the lock.
  std::shared_ptr<const T> publish(std::shared_ptr<const T> next) {
    const std::lock_guard lock(m_);
    return std::exchange(current_, std::move(next));
  }

 private:
  mutable std::mutex m_;
  std::shared_ptr<const T> current_;  // Guarded by m_.
};

}  // namespace tideline
