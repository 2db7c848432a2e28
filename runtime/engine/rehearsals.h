// Rehearsals: limits the heads that a process runs on zeros to time them, and keeps them from delaying requests.
//
// One object serves all models of a process. No rehearsal begins while a request of any model computes on this
// machine. A running one ends before its next layer when a request is about to compute. A request that only waits for
// the cloud does not hinder rehearsals.
// Thread-safe.
#pragma once

#include "policy/control/rehearsal_budget.h"
#include "runtime/base/time.h"

#include <atomic>
#include <cstdint>
#include <mutex>

namespace tideline::engine {

class Rehearsals {
 public:
  Rehearsals() = default;
  explicit Rehearsals(control::RehearsalBudget::Options options) : budget_(options) {}

  // Lives as long as a request computes here, or is about to.
  class Request {
   public:
    explicit Request(Rehearsals& all) : all_(all) { ++all_.requests_; }
    Request(const Request&) = delete;
    Request& operator=(const Request&) = delete;
    ~Request() { --all_.requests_; }

   private:
    Rehearsals& all_;
  };

  // Returns true iff no request computes here.
  bool undisturbed() const { return requests_ == 0; }

  // As in RehearsalBudget; but begin() returns false while a request computes here.
  bool begin(control::RehearsalBudget::Who who, bool alarmed, TimePoint now) {
    const std::lock_guard lock(m_);
    return undisturbed() && budget_.begin(who, alarmed, now);
  }
  void withdraw(control::RehearsalBudget::Who who) {
    const std::lock_guard lock(m_);
    budget_.withdraw(who);
  }
  void ended(Duration took, TimePoint now) {
    const std::lock_guard lock(m_);
    budget_.ended(took, now);
  }

 private:
  std::atomic<std::uint64_t> requests_{0};
  std::mutex m_;
  control::RehearsalBudget budget_;  // Guarded by m_.
};

}  // namespace tideline::engine
