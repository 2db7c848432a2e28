// Robust statistics: estimates that a few outliers hardly change. Pure functions, thread-safe. REQUIRES of all: the
// sample is not empty.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace tideline::fit {

// Converts a median absolute deviation into a standard deviation, for normal noise.
inline constexpr double kMadToSd = 1.4826;
// Huber's constant for 95 % efficiency at normal noise.
inline constexpr double kHuber = 1.345;

// Huber's weight of a residual of `u` standard deviations: 1 within kHuber, proportional to 1 / |u| beyond.
double huber_weight(double u);

// Huber's M-estimate of location with the scale `sd` (Huber 1964): the mean without outliers, and near the median with
// many. The median if `sd` is 0.
double huber_mean(std::span<const double> xs, double sd);

// winsorised(): replaces the lowest and highest 10 % (at least one value each) by their neighbours if there are five or
// more values; otherwise returns them unchanged (Dixon 1960). Sorted. winsorised_mean(): the mean of that. It includes
// frequent delays and excludes single outliers.
std::vector<double> winsorised(std::span<const double> xs);
double winsorised_mean(std::span<const double> xs);

// The centre and width of a sample: median, and median absolute deviation as a standard deviation.
struct Spread {
  double centre = 0;
  double sd = 0;
};
Spread spread_of(std::span<const double> xs);

// The line through points by Theil (1950) and Sen (1968): its slope is the median slope of all pairs with different x,
// its intercept the median of the rest. REQUIRES: as many ys as xs, and at least two different xs.
struct FittedLine {
  double intercept = 0;
  double slope = 0;

  double at(double x) const { return intercept + slope * x; }
};
FittedLine theil_sen(std::span<const double> xs, std::span<const double> ys);

}  // namespace tideline::fit
