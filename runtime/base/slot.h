// Slot<T>: holds the current immutable T; a writer replaces it while readers keep using the one they acquired.
//
//     Slot<Table> slot(std::make_shared<const Table>(first));
//     slot.publish(std::make_shared<const Table>(second));
//     const std::shared_ptr<const Table> table = slot.acquire();  // Stays valid after the next publish().
//
// A pointer from acquire() keeps its T alive and unchanged. Thread-safe. (A mutex around a pointer copy:
// std::atomic<std::shared_ptr> races inside libstdc++ 12.)
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

  // Returns the previous value, so that its destructor runs outside of the lock.
  std::shared_ptr<const T> publish(std::shared_ptr<const T> next) {
    const std::lock_guard lock(m_);
    return std::exchange(current_, std::move(next));
  }

 private:
  mutable std::mutex m_;
  std::shared_ptr<const T> current_;  // Guarded by m_.
};

}  // namespace tideline
