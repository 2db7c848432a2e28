// MeanFit: predicts the mean time of items under conditions, as item level x condition factor, from few, scattered
// readings.
//
// Under load a run waits for the scheduler several times or never, so readings scatter as counted events do: their
// variance grows with their mean. Then the best levels and factors are those whose sums over each item and each
// condition equal the measured sums (marginal totals: Bailey 1963; the maximum likelihood of Poisson counts, McCullagh
// and Nelder 1989). Centres of such readings are not their means, and logarithms exaggerate the readings without waits.
//  * The outliers of each pair of item and condition are winsorised. A pair with few readings cannot tell them, so a
//    reading counts at most as five times the usual one.
//  * A pair deviates from level x factor to the extent that this is certain: its mean ratio is shrunk by
//    tau2 / (tau2 + v) (Robinson, "That BLUP is a good thing", 1991). For each condition tau2, the variance of such
//    deviations, comes from the method of moments (Hedges and Olkin 1985), and v from the spread within pairs.
// An immutable value. Thread-safe.
#pragma once

#include "profiler/fit/two_way.h"

#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

namespace tideline::fit {

class MeanFit {
 public:
  using PairValues = std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<double>>;  // By item and condition.

  // REQUIRES: every item has a reading under condition 0, every condition has one, and all readings are positive.
  static MeanFit fit(std::span<const Reading> readings, std::uint32_t items, std::uint32_t conditions);

  // Returns the predicted mean, in the unit of the readings.
  double predict(std::uint32_t item, std::uint32_t condition) const;
  // Returns the relative standard error of predict().
  double standard_error(std::uint32_t item, std::uint32_t condition) const;
  // Returns the slowdown of all items under `condition` relative to condition 0.
  double slowdown(std::uint32_t condition) const { return factors_[condition]; }

 private:
  struct Total {  // Of a pair's readings.
    double sum = 0, count = 0;
    double squares = 0;  // About their mean, relative to level x factor.
  };
  struct Scatter {       // Of one condition, relative to level x factor.
    double within = 0;   // Variance of a reading about its pair's mean.
    double between = 0;  // Variance of the pairs' means: tau2.
  };

  std::size_t at(std::uint32_t item, std::uint32_t condition) const {
    return std::size_t{item} * factors_.size() + condition;
  }
  double expected(std::uint32_t item, std::uint32_t condition) const { return levels_[item] * factors_[condition]; }
  void add_up(const PairValues& pairs);
  void balance();
  void measure_scatter();
  Scatter scatter_under(std::uint32_t condition) const;
  double kept(std::uint32_t item, std::uint32_t condition) const;
  double variance_of_level(std::uint32_t item) const;
  double variance_of_factor(std::uint32_t condition) const;

  std::vector<Total> totals_;  // By item, then condition.
  std::vector<double> levels_, factors_;
  std::vector<Scatter> scatters_;  // By condition.
};

}  // namespace tideline::fit
