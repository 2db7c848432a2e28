// Latencies: the latencies of one contender's requests. A value. Belongs to one thread.
#pragma once

#include "policy/replay/trace.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tideline::replay {

class Latencies {
 public:
  void add(Seconds took) {
    ms_.push_back(static_cast<float>(took * 1e3));
    sum_ += took * 1e3;
  }

  std::size_t count() const { return ms_.size(); }
  double sum_ms() const { return sum_; }
  double mean_ms() const { return ms_.empty() ? 0 : sum_ / static_cast<double>(ms_.size()); }
  // Returns how many are above `ms`.
  std::size_t above(double ms) const {
    return static_cast<std::size_t>(std::ranges::count_if(ms_, [ms](float one) { return one > ms; }));
  }
  // Returns the p-quantile; zero if there are no requests.
  double quantile_ms(double p) const {
    if (ms_.empty()) return 0;
    std::vector<float> ms = ms_;
    const auto at = static_cast<std::ptrdiff_t>(p * static_cast<double>(ms.size() - 1));
    std::nth_element(ms.begin(), ms.begin() + at, ms.end());
    return ms[static_cast<std::size_t>(at)];
  }

 private:
  std::vector<float> ms_;
  double sum_ = 0;
};

}  // namespace tideline::replay
