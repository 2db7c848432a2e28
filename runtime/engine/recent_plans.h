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
  using Counts = std::map<plan::Plan, std::uint64_t>;

  void add(const plan::Plan& plan) {
    const std::lock_guard lock(m_);
    last_.push_back(plan);
    if (last_.size() > kKept) last_.pop_front();
  }

  Counts counts() const {
    const std::lock_guard lock(m_);
    Counts counts;
    for (const plan::Plan& plan : last_) ++counts[plan];
    return counts;
  }

 private:
  mutable std::mutex m_;
  std::deque<plan::Plan> last_;  // Guarded by m_.
};

}  // namespace tideline::engine
