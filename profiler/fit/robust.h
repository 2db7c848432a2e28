// Robust statistics: a few wild measurements among good ones change little. Pure functions; REQUIRES of all: the sample
// is not empty.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tideline {

// What turns a median absolute deviation into a standard deviation, for normal noise.
inline constexpr double kMadToSd = 1.4826;
// Huber's constant for 95 % efficiency at normal noise.
inline constexpr double kHuber = 1.345;

// Huber's weight of a residual of `u` standard deviations: 1 within kHuber, falling as 1 / |u| beyond.
double huber_weight(double u);

// Huber's M-estimate of location with the scale `sd` (Huber 1964): the mean where nothing is wild, towards the median
// where much is. The median when `sd` is 0.
double huber_mean(std::span<const double> xs, double sd);

// Five or more with the least and the greatest tenth, one at least, drawn in to their neighbours (Dixon 1960); fewer,
// among which none can be called wild, as they are. Rising. And their mean: of times of which many are delayed it keeps
// the delays, and forgets the one that was wild.
std::vector<double> winsorised(std::span<const double> xs);
double winsorised_mean(std::span<const double> xs);

// Where the middle lies and how wide it is: median, and the median absolute deviation as a standard deviation.
struct Spread {
  double centre = 0;
  double sd = 0;
};
Spread spread_of(std::span<const double> xs);

// Slope and intercept of a line through points by Theil (1950) and Sen (1968): the median of the slopes between all
// pairs with different x, then the median of what remains. REQUIRES: as many ys as xs, at least two different xs.
struct FittedLine {
  double intercept = 0;
  double slope = 0;

  double at(double x) const { return intercept + slope * x; }
};
FittedLine theil_sen(std::span<const double> xs, std::span<const double> ys);

}  // namespace tideline
