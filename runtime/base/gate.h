// Gate: limits how many callers compute at once; serves them by priority, and those of one priority in order of
// arrival.
//
//     Gate gate(2);
//     const Result<Gate::Pass> pass = gate.enter(Clock::now() + std::chrono::seconds(1));
//     if (!pass) return pass.error();
//     model->run(range, tensors);  // The destructor of `pass` frees the slot.
//
// Concurrent runs of a model on all cores only slow each other down. The Gate queues them and reports the wait.
// Thread-safe.
#pragma once

#include "runtime/base/priority.h"
#include "runtime/base/result.h"
#include "runtime/base/time.h"

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <set>
#include <utility>

namespace tideline {

class Gate {
 public:
  explicit Gate(int slots) : free_(slots) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // The right to compute. The destructor frees the slot.
  class Pass {
   public:
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)), waited_(other.waited_) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass();
    Duration waited() const { return waited_; }

   private:
    friend class Gate;
    Pass(Gate* gate, Duration waited) : gate_(gate), waited_(waited) {}
    Gate* gate_;
    Duration waited_;
  };

  // Waits for a slot. Returns overloaded when `deadline` passes first, and unavailable once `wanted`, which is asked
  // every few milliseconds, says that the slot is no longer wanted; empty: it always is. A caller waits as long as
  // others of a smaller `priority` come.
  Result<Pass> enter(TimePoint deadline, const std::function<bool()>& wanted = {}, Priority priority = kUsualPriority);

  int waiting() const;

 private:
  void leave();

  mutable std::mutex m_;
  std::condition_variable turn_;
  int free_;                                            // Guarded by m_, like all members below.
  std::set<std::pair<Priority, std::uint64_t>> queue_;  // With the tickets of those who wait; older ones are smaller.
  std::uint64_t next_ticket_ = 0;
};

}  // namespace tideline
