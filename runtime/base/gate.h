// Gate: lets at most so many callers compute at once, first come, first served.
//
// Runs of a model on all cores at once only slow each other down; the Gate queues them where the wait can be measured.
// Thread-safe.
#pragma once

#include "runtime/base/result.h"
#include "runtime/base/time.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <utility>

namespace tideline {

class Gate {
 public:
  explicit Gate(int slots) : free_(slots) {}
  Gate(const Gate&) = delete;
  Gate& operator=(const Gate&) = delete;

  // The right to compute, given back by the destructor.
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

  // Waits for a slot. Returns overloaded when `deadline` passes first.
  Result<Pass> enter(TimePoint deadline);

  int waiting() const;

 private:
  void leave();

  mutable std::mutex m_;
  std::condition_variable turn_;
  int free_;                         // Guarded by m_, as all below.
  std::deque<std::uint64_t> queue_;  // Tickets that wait, oldest first.
  std::uint64_t next_ticket_ = 0;
};

}  // namespace tideline
