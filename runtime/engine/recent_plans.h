// RecentPlans: by which plans the last requests were served. Thread-safe.
#pragma once

#include "policy/plan/plan.h"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>

namespace tideline::engine {

class RecentPlans {
 public:
  static constexpr std::size_t kKept = 100;
  struct Counts {
    std::map<plan::Plan, std::uint64_t> by_plan;
    std::uint64_t all = 0;
    std::uint64_t others = 0;  // By another plan than the usual one of that time.

    double share_of(const plan::Plan& plan) const {
      const auto found = by_plan.find(plan);
      return found == by_plan.end() ? 0 : static_cast<double>(found->second) / static_cast<double>(all);
    }
  };

  void add(const plan::Plan& plan, bool is_usual) {
    const std::lock_guard lock(m_);
    last_.push_back({plan, is_usual});
    if (last_.size() > kKept) last_.pop_front();
  }

  Counts counts() const {
    const std::lock_guard lock(m_);
    Counts counts{.all = last_.size()};
    for (const Served& one : last_) {
      ++counts.by_plan[one.plan];
      if (!one.is_usual) ++counts.others;
    }
    return counts;
  }

 private:
  struct Served {
    plan::Plan plan;
    bool is_usual = true;
  };

  mutable std::mutex m_;
  std::deque<Served> last_;  // Guarded by m_.
};

}  // namespace tideline::engine
