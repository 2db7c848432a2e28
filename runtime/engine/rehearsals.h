// Rehearsals: limits what a process runs on zeros, and keeps it from delaying requests.
//
// One object serves all models of a process. Heads that are timed and whole networks that are kept ready have a budget
// each: the whole of a large network would use up that of the heads. No rehearsal begins while a request of any model
// computes on this machine. A running one ends before its next layer when a request is about to compute. A request that
// only waits for the cloud does not hinder rehearsals.
// Thread-safe.
#pragma once

#include "policy/control/rehearsal_budget.h"
#include "runtime/base/time.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace tideline::engine {

class Rehearsals {
 public:
  using Budget = control::RehearsalBudget;
  enum class Of : std::uint8_t { head, whole };

  Rehearsals() = default;
  explicit Rehearsals(Budget::Options options) : budgets_{Budget(options), Budget(options)} {}

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
  bool begin(Of of, Budget::Who who, bool alarmed, TimePoint now) {
    const std::lock_guard lock(m_);
    return undisturbed() && budget(of).begin(who, alarmed, now);
  }
  void withdraw(Of of, Budget::Who who) {
    const std::lock_guard lock(m_);
    budget(of).withdraw(who);
  }
  void ended(Of of, Duration took, TimePoint now) {
    const std::lock_guard lock(m_);
    budget(of).ended(took, now);
  }

 private:
  Budget& budget(Of of) { return budgets_[static_cast<std::size_t>(of)]; }

  std::atomic<std::uint64_t> requests_{0};
  std::mutex m_;
  std::array<Budget, 2> budgets_;  // By Of. Guarded by m_.
};

}  // namespace tideline::engine
